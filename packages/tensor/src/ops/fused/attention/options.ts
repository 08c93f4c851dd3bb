import type { Tensor } from "../../../tensor.ts";

/** What both faces of `attention` take. */
export interface AttentionSettings {
  /** Factor on the scores, usually D^−½. */
  readonly scale: number;
  /** Hide keys after the query's own slot; default true. */
  readonly causal?: boolean;
  /** See only this many keys up to and including the own slot; default null: all. */
  readonly window?: number | null;
  /** Scores become `c·tanh(s/c)`; default null: as they are. */
  readonly softcap?: number | null;
  /**
   * bool (true = visible) or float (added to the scores). Broadcasts to `[B, H, T, S]`, S the longest length, or to
   * `[N, H, S]` with any S that covers the longest length: slots beyond it are hidden.
   */
  readonly mask?: Tensor;
  /** Keys in i8 are levels (`quantizeInt8`) with these scales, `[pages, K, P]` f32. */
  readonly keyScales?: Tensor;
  /** As `keyScales`, of the values; both or neither. */
  readonly valueScales?: Tensor;
}

/** A rectangle: B rows with T new tokens each, q `[B, H, T, D]`. */
export interface AttentionOptions extends AttentionSettings {
  /** Page table `[B, pages]` (i32): slot s of row b is in page `tables[b][s div P]`. Default: page b is row b. */
  readonly tables?: Tensor;
  /** Key slots in use per row; default: all P of the only page. */
  readonly lengths?: readonly number[];
}

/**
 * Any number of sequences with any number of new tokens each, q `[N, H, D]`. The operands stay on the device: nothing in
 * a call but shapes depends on what they hold. A page, a count or a length that cannot be is taken as the nearest that
 * can.
 */
export interface RaggedAttentionOptions extends AttentionSettings {
  /** Page tables `[R, width]` (i32): slot s of sequence r is in page `tables[r][s div P]`. */
  readonly tables: Tensor;
  /** `[R + 1]` (i32), rising: tokens of sequence r are `queryStarts[r] … queryStarts[r + 1] − 1`. */
  readonly queryStarts: Tensor;
  /** Key slots in use per sequence, the new ones included, `[R]` (i32). */
  readonly lengths: Tensor;
}

/** Result of the definition: the op itself needs only the output. */
export interface AttentionResult {
  /** `[B, H, T, Dv]` */
  readonly output: Tensor;
  /** Probabilities `[B, H, T, S]` */
  readonly weights: Tensor;
}
