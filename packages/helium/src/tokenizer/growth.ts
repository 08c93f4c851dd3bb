import { TokenizerError } from "./errors.ts";

/** Far above any real tokenizer: NFKD makes at most 18 characters of one, and bytes 3 units of each. */
const factor = 64;

/** What even an empty text may grow by, in UTF-16 units. */
const allowance = 2 ** 16;

/**
 * How much longer than what came in a text may become on its way through the steps of a stranger's tokenizer.json. Steps
 * that double, one behind another, would fill the memory out of a few characters.
 */
export class Growth {
  readonly #what: string;
  #left = allowance;

  /** @param what names the text in the error */
  constructor(what: string, units = 0) {
    this.#what = what;
    this.receive(units);
  }

  /** Units by which the text may still grow. */
  get left(): number {
    return this.#left;
  }

  /** More of the text has come in. */
  receive(units: number): void {
    this.#left += factor * units;
  }

  /** A step makes the text `units` longer, or shorter. @throws TokenizerError beyond the limit */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left >= 0) return;
    throw new TokenizerError("tokenizer", {
      field: this.#what,
      problem: `grows to more than ${factor} times its length by the steps of tokenizer.json`,
      mend: "use a tokenizer.json whose replacements are shorter",
    });
  }
}
