import type { Encoding } from "../encoding.ts";

/** Puts encodings into their final form; the results are joined in order. */
export interface PostProcessor {
  /** How many tokens it adds to a single text or to a pair. */
  addedTokens(isPair: boolean): number;
  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[];
}
