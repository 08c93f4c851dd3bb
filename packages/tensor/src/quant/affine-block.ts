import { searchAffine, type Affine } from "./affine-search.ts";
import { roundF16 } from "./block-fields.ts";
import type { Quantizers, RowQuantizer } from "./format.ts";
import { steps } from "./scale-search.ts";
import { ROUND } from "./search-block.ts";
import { inverseF32 } from "./symmetric-block.ts";

/** A format of blocks of 32 weights `d·q + m`: f16 scale and minimum, whole levels q in `[0, high]`. */
export interface AffineBlock {
  readonly blockBytes: number;
  readonly high: number;
  readonly store: (bytes: Uint8Array, at: number, fit: Affine, levels: Uint8Array) => void;
}

const SIZE = 32;
const stretches = Float64Array.from(steps(-0.8, 0.4, 5));

/** Both quantisers of an affine format. */
export function affineQuantizers({ blockBytes, high, store }: AffineBlock): Quantizers {
  const levels = new Uint8Array(SIZE);
  const found = new Uint8Array(SIZE);
  const plain: Affine = { scale: 0, min: 0 };
  const better: Affine = { scale: 0, min: 0 };

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
      reference(values, from, high, plain, levels);
      store(bytes, at, plain, levels);
    }),
    search: perBlock((values, from, bytes, at, w) => {
      reference(values, from, high, plain, levels);
      searchAffine(values, from, SIZE, w, high, Infinity, stretches, better);
      better.scale = roundF16(better.scale);
      better.min = roundF16(better.min);
      const useful = better.scale !== 0 && Number.isFinite(better.scale) && Number.isFinite(better.min);
      if (useful) nearestLevels(values, from, better, high, found);
      const asStored = { scale: roundF16(plain.scale), min: roundF16(plain.min) };
      // Not `<`: a reference scale beyond f16 makes its loss infinite or NaN.
      const isBetter = useful && !(loss(values, from, w, asStored, levels) <= loss(values, from, w, better, found));
      if (isBetter) store(bytes, at, better, found);
      else store(bytes, at, plain, levels);
    }),
  };
}

/** As ggml: the range `[min, max]` is cut into `high` steps; half a step is added and the rest cut off, in f32. */
function reference(values: Float32Array, from: number, high: number, fit: Affine, levels: Uint8Array): void {
  let min = values[from];
  let max = min;
  for (let i = from + 1; i < from + SIZE; i++) {
    min = Math.min(min, values[i]);
    max = Math.max(max, values[i]);
  }
  fit.min = min;
  fit.scale = Math.fround(Math.fround(max - min) / high);
  const inverse = inverseF32(fit.scale);
  for (let i = 0; i < SIZE; i++) {
    const scaled = Math.fround(Math.fround(values[from + i] - min) * inverse);
    levels[i] = Math.min(Math.trunc(Math.fround(scaled + 0.5)), high);
  }
}

function nearestLevels(x: Float32Array, from: number, { scale, min }: Affine, high: number, levels: Uint8Array): void {
  const inverse = 1 / scale;
  for (let i = 0; i < SIZE; i++) {
    const q = (x[from + i] - min) * inverse + ROUND - ROUND;
    levels[i] = q < 0 ? 0 : q > high ? high : q;
  }
}

/** `Σ w·(x − (d·q + m))²`, each step rounded to f32, as it is read back. */
function loss(
  x: Float32Array,
  from: number,
  w: Float32Array | null,
  { scale, min }: Affine,
  levels: Uint8Array,
): number {
  let sum = 0;
  for (let i = 0; i < SIZE; i++) {
    const error = x[from + i] - Math.fround(Math.fround(scale * levels[i]) + min);
    sum += (w === null ? 1 : w[from + i]) * error * error;
  }
  return sum;
}
