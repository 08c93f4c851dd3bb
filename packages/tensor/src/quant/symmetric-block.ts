import { roundF16 } from "./block-fields.ts";
import type { Quantizers, RowQuantizer } from "./format.ts";
import { searchScale } from "./scale-search.ts";
import { ROUND } from "./search-block.ts";

/** A format of blocks of 32 weights `d·q`: one f16 scale d, whole levels q in `[low, high]`. */
export interface SymmetricBlock {
  readonly blockBytes: number;
  readonly low: number;
  readonly high: number;
  /** Levels that the search tries for the largest value. */
  readonly placements: readonly number[];
  /** Fills `levels` as ggml does; gives the scale in f32. */
  readonly reference: (values: Float32Array, from: number, levels: Int8Array) => number;
  readonly store: (bytes: Uint8Array, at: number, scale: number, levels: Int8Array) => void;
}

const SIZE = 32;

/** Both quantisers of a symmetric format. */
export function symmetricQuantizers(block: SymmetricBlock): Quantizers {
  const { blockBytes, low, high, reference, store } = block;
  const placements = Float64Array.from(block.placements);
  const levels = new Int8Array(SIZE);
  const found = new Int8Array(SIZE);

  const perBlock =
    (
      quantize: (values: Float32Array, from: number, bytes: Uint8Array, at: number, w: Float32Array | null) => void,
    ): RowQuantizer =>
    (values, bytes, importance) => {
      for (let from = 0, at = 0; from < values.length; from += SIZE, at += blockBytes)
        quantize(values, from, bytes, at, importance);
    };

  return {
    reference: perBlock((values, from, bytes, at) => {
      store(bytes, at, reference(values, from, levels), levels);
    }),
    search: perBlock((values, from, bytes, at, w) => {
      const scale = reference(values, from, levels);
      const better = roundF16(searchScale(values, from, SIZE, w, low, high, placements));
      const useful = better !== 0 && Number.isFinite(better);
      if (useful) nearestLevels(values, from, 1 / better, low, high, found);
      // Not `<`: a reference scale beyond f16 makes its loss infinite or NaN.
      const isBetter =
        useful && !(loss(values, from, w, roundF16(scale), levels) <= loss(values, from, w, better, found));
      if (isBetter) store(bytes, at, better, found);
      else store(bytes, at, scale, levels);
    }),
  };
}

/**
 * Reference of the 4- and 5-bit formats: the value of the largest magnitude goes to level `low` exactly, so the scale
 * takes its sign; the others are cut, not rounded, after half a level is added.
 */
export function signedReference(low: number, high: number): SymmetricBlock["reference"] {
  return (values, from, levels) => {
    let extreme = 0;
    for (let i = from; i < from + SIZE; i++) if (Math.abs(values[i]) > Math.abs(extreme)) extreme = values[i];
    const scale = Math.fround(extreme / low);
    const inverse = inverseF32(scale);
    for (let i = 0; i < SIZE; i++) {
      const shifted = Math.fround(Math.fround(values[from + i] * inverse) + (0.5 - low));
      levels[i] = Math.min(Math.trunc(shifted), high - low) + low;
    }
    return scale;
  };
}

/** `1 / scale` in f32; 0 for 0 and for what is so small that f32 has no reciprocal (f16 has not even the scale). */
export function inverseF32(scale: number): number {
  const inverse = Math.fround(1 / scale);
  return Number.isFinite(inverse) ? inverse : 0;
}

function nearestLevels(
  x: Float32Array,
  from: number,
  inverse: number,
  low: number,
  high: number,
  levels: Int8Array,
): void {
  for (let i = 0; i < SIZE; i++) {
    const q = x[from + i] * inverse + ROUND - ROUND;
    levels[i] = q < low ? low : q > high ? high : q;
  }
}

/** `Σ w·(x − d·q)²` with the products rounded to f32, as they are read back. */
function loss(x: Float32Array, from: number, w: Float32Array | null, scale: number, levels: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < SIZE; i++) {
    const error = x[from + i] - Math.fround(scale * levels[i]);
    sum += (w === null ? 1 : w[from + i]) * error * error;
  }
  return sum;
}
