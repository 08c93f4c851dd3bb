import type { Encoding } from "./encoding.ts";
import type { EncodeOptions } from "./options.ts";

/**
 * What a tokenizer makes of texts: one row per text, also for a single one, so that
 * `model.generate({ ...tokenizer("text") })` works. Columns that were not asked for are absent.
 */
export interface BatchEncoding {
  /** Token ids `[B][T]`; rows differ in length unless padded. */
  readonly inputIds: number[][];
  /** 1 for tokens, 0 for padding `[B][T]`. */
  readonly attentionMask: number[][];
  /** Which text of a pair a token is from `[B][T]`; with `returnTokenTypeIds`. */
  readonly tokenTypeIds?: number[][];
  /** `[start, end)` of each token in Unicode code points of its text `[B][T][2]`; with `returnOffsetsMapping`. */
  readonly offsetsMapping?: [number, number][][];
  /** 1 for tokens that the template or padding added `[B][T]`; with `returnSpecialTokensMask`. */
  readonly specialTokensMask?: number[][];
  /** The tokens themselves `[B][T]`; with `returnTokens`. */
  readonly tokens?: string[][];
}

/** The columns of `rows` that `options` asks for. */
export const toBatch = (rows: readonly Encoding[], options: EncodeOptions): BatchEncoding => ({
  inputIds: rows.map((row) => row.ids),
  attentionMask: rows.map((row) => row.attentionMask),
  ...(options.returnTokenTypeIds === true && { tokenTypeIds: rows.map((row) => row.typeIds) }),
  ...(options.returnOffsetsMapping === true && { offsetsMapping: rows.map((row) => row.offsets) }),
  ...(options.returnSpecialTokensMask === true && { specialTokensMask: rows.map((row) => row.specialTokensMask) }),
  ...(options.returnTokens === true && { tokens: rows.map((row) => row.tokens) }),
});
