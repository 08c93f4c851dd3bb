import { tooMuch } from "../documents/refusals.ts";

/** Units of work on one schema: atoms added and judged, and branches made, each counted with its weight. */
const MOST_WORK = 3_200_000;

/** Branches of one value. */
export const MOST_BRANCHES = 2_000;

/** Bounds the work on a schema, whose alternatives may multiply. */
export class Budget {
  #spent = 0;

  /** @throws GrammarLimitError when too much is spent */
  spend(units: number): void {
    this.#spent += units;
    if (this.#spent > MOST_WORK) throw tooMuch(MOST_WORK, "steps to sort out how its alternatives combine");
  }
}
