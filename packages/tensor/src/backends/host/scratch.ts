import { LANES } from "./lanes.ts";

/** Longest array kept between calls, in doubles (4 MiB). */
const KEPT = 2 ** 19;

/** What a scratch array is for; a kernel takes a slot once per call. */
export type Slot = "left" | "right" | "scores" | "mixed" | "row" | "weight" | "bias";

/**
 * Working memory of the kernels of one backend, kept between calls. Kernels run one at a time and leave nothing behind
 * in it, so all of them share the same few arrays: at most 7 × 4 MiB, plus lanes.
 */
export class Scratch {
  /** Lanes of the operands of an element-wise op; the result is left in `x`. */
  readonly x: Float64Array = new Float64Array(LANES);
  readonly y: Float64Array = new Float64Array(LANES);
  readonly z: Float64Array = new Float64Array(LANES);
  /** The 4 × 4 sums of one tile. */
  readonly tile: Float64Array = new Float64Array(16);
  readonly #kept: { [K in Slot]?: Float64Array } = {};

  /** At least `length` doubles of undefined contents. */
  take(slot: Slot, length: number): Float64Array {
    const kept = this.#kept[slot];
    if (kept !== undefined && kept.length >= length) return kept;
    if (length > KEPT) return new Float64Array(length);
    // Doubling keeps a growing cache from asking for a new array on every call.
    const fresh = new Float64Array(Math.min(KEPT, Math.max(length, 2 * (kept?.length ?? 32))));
    this.#kept[slot] = fresh;
    return fresh;
  }
}
