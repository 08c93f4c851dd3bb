import { rankTop } from "./ranking.ts";
import type { ResolvedGeneration } from "./options/resolved-generation.ts";
import type { Uniform } from "./row-random.ts";
import { sampleDistinct } from "./sampling.ts";

/** A beam and the token that may come next. */
export interface Candidate {
  /** Row of the beam among all rows. */
  readonly parent: number;
  readonly token: number;
  /** Sum of the log-probabilities, the token's included. */
  readonly score: number;
}

/** A row that ended, or a free place for one. */
export interface FinishedBeam {
  readonly ids: readonly number[];
  /** For each new token, the row it was chosen from. */
  readonly beamIndices: readonly number[];
  readonly score: number;
  readonly isDone: boolean;
}

interface RunningBeam {
  readonly score: number;
  readonly beamIndices: readonly number[];
}

/** What stands for −∞ in scores that are still compared. */
const HOPELESS = -1e9;

type Settings = Pick<
  ResolvedGeneration,
  "numBeams" | "lengthPenalty" | "earlyStopping" | "doSample" | "eosTokenIds" | "promptLength" | "maxLength"
>;

/** The beams of one prompt: those that go on, and the best of those that ended. */
export class PromptBeams {
  readonly #settings: Settings;
  readonly #firstRow: number;
  #running: readonly RunningBeam[];
  #finished: readonly FinishedBeam[];
  #canImprove = true;

  constructor(settings: Settings, prompt: readonly number[], firstRow: number) {
    const { numBeams } = settings;
    this.#settings = settings;
    this.#firstRow = firstRow;
    // All beams are the same at first: only the first one's continuations count.
    this.#running = Array.from({ length: numBeams }, (_, beam) => ({
      score: beam === 0 ? 0 : HOPELESS,
      beamIndices: [],
    }));
    const free = { ids: prompt, beamIndices: [], score: HOPELESS, isDone: false };
    this.#finished = new Array<FinishedBeam>(numBeams).fill(free);
  }

  /** Best first. */
  get finished(): readonly FinishedBeam[] {
    return this.#finished;
  }

  /** A running beam may still end better than a finished one. */
  get canImprove(): boolean {
    return this.#canImprove;
  }

  get isFull(): boolean {
    return this.#finished.every(({ isDone }) => isDone);
  }

  /**
   * The continuations to look at, best first or as drawn.
   *
   * @param scores log-probabilities of all rows
   * @param random draws them, where the settings sample
   */
  continuations(scores: readonly Float32Array[], random?: Uniform): Candidate[] {
    const { numBeams, eosTokenIds, doSample } = this.#settings;
    const own = scores.slice(this.#firstRow, this.#firstRow + numBeams);
    const V = own[0]?.length ?? 0;
    const sums = new Float64Array(numBeams * V);
    own.forEach((row, beam) => {
      const { score = 0 } = this.#running[beam] ?? {};
      for (let token = 0; token < V; token++) sums[beam * V + token] = score + (row[token] ?? 0);
    });
    const count = Math.min(Math.max(2, 1 + eosTokenIds.size) * numBeams, sums.length);
    const drawn = doSample && random ? sampleDistinct(sums, count, random) : [];
    const chosen = [...drawn, ...rankTop(sums, count - drawn.length, new Set(drawn))];
    return chosen.map((index) => ({
      parent: this.#firstRow + Math.floor(index / V),
      token: index % V,
      score: sums[index] ?? 0,
    }));
  }

  /**
   * The best continuations that did not end go on; those among the first `numBeams` that did are held against the finished
   * ones.
   *
   * @param rows all rows as they were before the continuations
   */
  advance(
    candidates: readonly Candidate[],
    isEnded: readonly boolean[],
    rows: readonly (readonly number[])[],
  ): readonly Candidate[] {
    const { numBeams } = this.#settings;
    const history = candidates.map(({ parent }) => [
      ...(this.#running[parent - this.#firstRow]?.beamIndices ?? []),
      parent,
    ]);
    this.#finish(candidates, history, isEnded, rows);
    const scores = candidates.map(({ score }, rank) => score + (isEnded[rank] ? HOPELESS : 0));
    const ranks = rankTop(scores, numBeams);
    this.#running = ranks.map((rank) => ({ score: scores[rank] ?? HOPELESS, beamIndices: history[rank] ?? [] }));
    return ranks.flatMap((rank) => candidates[rank] ?? []);
  }

  /** Decides whether going on can pay, now that rows have `length` tokens. */
  judge(length: number): void {
    const { earlyStopping, lengthPenalty, maxLength, promptLength } = this.#settings;
    const reachable = earlyStopping === "never" && lengthPenalty > 0 ? maxLength : length;
    const best = (this.#running[0]?.score ?? HOPELESS) / (reachable - promptLength) ** lengthPenalty;
    const worst = Math.min(...this.#finished.map(({ score }) => score));
    this.#canImprove &&= this.#finished.some(({ isDone }) => best > (isDone ? worst : HOPELESS));
  }

  #finish(
    candidates: readonly Candidate[],
    history: readonly (readonly number[])[],
    isEnded: readonly boolean[],
    rows: readonly (readonly number[])[],
  ): void {
    const { numBeams, lengthPenalty, earlyStopping, promptLength } = this.#settings;
    const isClosed = !this.#canImprove || (earlyStopping === true && this.isFull);
    if (isClosed) return;
    const ended = candidates.flatMap(({ parent, token, score }, rank): FinishedBeam[] => {
      if (!isEnded[rank] || rank >= numBeams) return [];
      const ids = [...(rows[parent] ?? []), token];
      const penalised = score / (ids.length - promptLength) ** lengthPenalty;
      return [{ ids, beamIndices: history[rank] ?? [], score: penalised, isDone: true }];
    });
    const all = [...this.#finished, ...ended];
    const ranks = rankTop(
      all.map(({ score }) => score),
      numBeams,
    );
    this.#finished = ranks.flatMap((rank) => all[rank] ?? []);
  }
}
