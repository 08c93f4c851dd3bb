/** How many tokens are tried at once; all but the first are transformers' schedules. */
export const draftSchedules = ["adaptive", "heuristic", "heuristic_transient", "constant"] as const;

export type DraftSchedule = (typeof draftSchedules)[number];

/**
 * What is believed before anything was tried: so many tokens were, and so many of them were right. The first draft is of one
 * token then: a wrong guess costs little, and three right ones make it longer.
 */
const PRIOR = { tested: 2, accepted: 1.2 } as const;

/** What is left of the evidence after each draft. */
const MEMORY = 0.95;

/** Passes without a draft after which one token is tried again: twice as many each time that it is wrong. */
const WAIT = { least: 16, most: 256 } as const;

/**
 * How many tokens of one source are tried behind a row.
 *
 * - "adaptive": as many as give the most tokens per time by the share of them that was right so far.
 * - "heuristic", "heuristic_transient": 2 more after a draft that was right, 1 less after another, as in transformers.
 * - "constant": always `most`.
 */
export class DraftLength {
  readonly #schedule: DraftSchedule;
  readonly #most: number;
  #length: number;
  #tested: number = PRIOR.tested;
  #accepted: number = PRIOR.accepted;
  /** Passes since the last draft. */
  #idle = 0;
  #wait: number = WAIT.least;

  constructor(schedule: DraftSchedule, most: number) {
    this.#schedule = schedule;
    this.#most = most;
    this.#length = most;
  }

  /** @param tokenCost time that one more token takes, in passes that try none */
  next(tokenCost: number): number {
    if (this.#schedule !== "adaptive") return this.#length;
    const best = bestLength(this.#accepted / this.#tested, tokenCost, this.#most);
    return best === 0 && tokenCost < 1 && this.#idle >= this.#wait ? 1 : best;
  }

  /** After every pass of the row. @param drafted tokens of this source that it tried, 0 too */
  learn(drafted: number, accepted: number): void {
    if (drafted === 0) {
      this.#idle++;
      return;
    }
    if (accepted > 0) this.#wait = WAIT.least;
    else if (this.#idle >= this.#wait) this.#wait = Math.min(WAIT.most, 2 * this.#wait);
    this.#idle = 0;
    // Behind the first wrong token none is tested.
    this.#tested = MEMORY * this.#tested + Math.min(drafted, accepted + 1);
    this.#accepted = MEMORY * this.#accepted + accepted;
    if (this.#schedule.startsWith("heuristic"))
      this.#length = accepted === drafted ? this.#length + 2 : Math.max(1, this.#length - 1);
  }
}

/**
 * The n ≤ `most` with the most tokens per time, `(1 + α + … + αⁿ) / (1 + n·c)` (Leviathan et al., arXiv 2211.17192, §3.5,
 * where the tokens of a pass are free): 0 where nothing is gained, which is where α ≤ c. Of the n that make a pass of 2, 4,
 * 8 … tokens of the row, with the one it has anyway: passes of few sizes come again, so that they are replayed.
 */
export function bestLength(acceptance: number, tokenCost: number, most: number): number {
  let best = 0;
  let bestRate = 1;
  let expected = 1;
  for (let n = 1; n <= most; n++) {
    expected += acceptance ** n;
    if (!Number.isInteger(Math.log2(n + 1))) continue;
    const rate = expected / (1 + n * tokenCost);
    if (rate <= bestRate) continue;
    best = n;
    bestRate = rate;
  }
  return best;
}

/**
 * Share of a pass over one token that each further token adds: the rest is reading the weights, which all share. Measured
 * on wasm with two threads (`npm run bench -- speculation`): 2, 4, 8 and 16 tokens take 1.1, 1.5, 2.9 and 5.8 passes over one,
 * so 0.1 to 0.3 for each further token, where both run op by op; more beside a pass over one that is replayed (ADR 0020). A
 * constant, so that what is drawn never depends on the clock.
 */
const TOKEN_SHARE = 0.4;

/**
 * What one more token of every row adds to a pass over a token of each of `rows`, in such passes: s·R / (1 − s + s·R). The
 * more rows there are, the less of the pass is reading weights; towards a full batch a token tried costs as much as one
 * decoded, and nothing is tried any more.
 */
export function tokenCost(rows: number): number {
  const computing = TOKEN_SHARE * rows;
  return computing / (1 - TOKEN_SHARE + computing);
}
