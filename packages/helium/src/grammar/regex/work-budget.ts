import { GrammarLimitError } from "../../errors.ts";

/**
 * Steps that finding states may take: derivatives, nodes, and parts of ∨ and ∧ that are put together; about two million in a second. A few patterns
 * have a state for nearly every text, each with many parts; they end here, not in a computer that no longer answers.
 */
export class WorkBudget {
  readonly #limits: { readonly each: number; readonly all: number };
  #left: number;
  #leftOfAll: number;
  /** Spent in this run, but not of all. */
  #here = 0;
  #isRunning = false;

  /**
   * @param each steps of one `run`
   * @param all steps of all of them together
   */
  constructor(each = Infinity, all = Infinity) {
    this.#limits = { each, all };
    this.#left = each;
    this.#leftOfAll = all;
  }

  /** Runs what may take `each` steps; what it calls in turn takes part in these. @throws GrammarLimitError beyond them */
  run<T>(task: () => T): T {
    if (this.#isRunning) return task();
    this.#isRunning = true;
    this.#left = Math.min(this.#limits.each, this.#leftOfAll);
    this.#here = 0;
    const before = this.#left;
    try {
      return task();
    } finally {
      this.#leftOfAll -= Math.max(0, before - Math.max(0, this.#left) - this.#here);
      this.#isRunning = false;
    }
  }

  /** @throws GrammarLimitError */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left >= 0) return;
    const { each, all } = this.#limits;
    const isEach = this.#leftOfAll > each;
    throw new GrammarLimitError(
      "grammar",
      `needs more than ${isEach ? each : all} steps ${isEach ? "at one place of a text" : "in all"}; give its patterns smaller counts, and fewer parts that may begin anywhere, such as .*`,
      { limit: isEach ? each : all },
    );
  }

  /** As `spend`, for work of which each text brings its own, so that it counts in this run alone. @throws GrammarLimitError */
  spendHere(steps: number): void {
    this.#here += steps;
    this.spend(steps);
  }

  /** Gives the run at least so many more steps, where something simpler stands in for what took too many. */
  grant(steps: number): void {
    this.#left = Math.max(this.#left, steps);
  }
}
