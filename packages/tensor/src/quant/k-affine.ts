import { searchAffine, type Affine } from "./affine-search.ts";
import { roundF16, storeF16 } from "./block-fields.ts";
import type { RowQuantizer } from "./format.ts";
import { packScales } from "./k-scales.ts";
import { steps } from "./scale-search.ts";
import { ROUND } from "./search-block.ts";

/** A format of 8 sub-blocks of 32 weights `d·s·q − dmin·m`, s and m below 64, q in `[0, high]`. */
export interface KAffineBlock {
  readonly name: string;
  readonly blockBytes: number;
  readonly high: number;
  /** Stores the 256 levels; d, dmin and the scales are in the first 16 bytes. */
  readonly store: (bytes: Uint8Array, at: number, levels: Uint8Array) => void;
}

const SUB = 32;
const stretches = Float64Array.from(steps(-0.8, 0.4, 5));

/**
 * Quantiser of q4_K and q5_K: a scale and a minimum per sub-block by least squares, both rounded to 6 bits of a common
 * d and dmin; d and dmin are then fitted again to what came out, and around each rounded pair its neighbours are tried,
 * since the two errors can cancel.
 */
export function kAffineQuantizer({ name, blockBytes, high, store }: KAffineBlock): RowQuantizer {
  const fits: Affine[] = Array.from({ length: 8 }, () => ({ scale: 0, min: 0 }));
  const scales = new Uint8Array(8);
  const mins = new Uint8Array(8);
  const levels = new Uint8Array(256);

  const quantizeBlock = (
    x: Float32Array,
    from: number,
    bytes: Uint8Array,
    at: number,
    w: Float32Array | null,
  ): void => {
    let largestScale = 0;
    let lowestMin = 0;
    for (let j = 0; j < 8; j++) {
      searchAffine(x, from + SUB * j, SUB, w, high, 0, stretches, fits[j]);
      largestScale = Math.max(largestScale, fits[j].scale);
      lowestMin = Math.min(lowestMin, fits[j].min);
    }
    let d = largestScale / 63;
    let dmin = -lowestMin / 63;
    for (let turn = 0; turn < 2; turn++) {
      d = roundF16(d);
      dmin = roundF16(dmin);
      for (let j = 0; j < 8; j++) choosePair(x, from, j, w, d, dmin, turn);
      if (turn === 0) [d, dmin] = refit(x, from, w, d, dmin);
    }
    storeF16(name, bytes, at, d);
    storeF16(name, bytes, at + 2, dmin);
    packScales(bytes, at + 4, scales, mins);
    store(bytes, at, levels);
  };

  /** The 6-bit pair of sub-block j and its levels: the best of the rounded pair and the neighbours within `reach`. */
  const choosePair = (
    x: Float32Array,
    from: number,
    j: number,
    w: Float32Array | null,
    d: number,
    dmin: number,
    reach: number,
  ): void => {
    const s0 = d > 0 ? Math.min(63, Math.round(fits[j].scale / d)) : 0;
    const m0 = dmin > 0 ? Math.min(63, Math.round(-fits[j].min / dmin)) : 0;
    let least = Infinity;
    scales[j] = 0;
    mins[j] = 0;
    for (let s = Math.max(0, s0 - reach); s <= Math.min(63, s0 + reach); s++) {
      for (let m = Math.max(0, m0 - reach); m <= Math.min(63, m0 + reach); m++) {
        const loss = pairLoss(x, from + SUB * j, w, Math.fround(d * s), Math.fround(dmin * m), high);
        if (loss < least) {
          least = loss;
          scales[j] = s;
          mins[j] = m;
        }
      }
    }
    const scale = Math.fround(d * scales[j]);
    const min = Math.fround(dmin * mins[j]);
    const inverse = scale > 0 ? 1 / scale : 0;
    for (let i = SUB * j; i < SUB * (j + 1); i++) levels[i] = level(x[from + i] + min, inverse, high);
  };

  /** d and dmin that fit best to the chosen scales, minima and levels: 2 × 2 normal equations over the block. */
  const refit = (
    x: Float32Array,
    from: number,
    w: Float32Array | null,
    d: number,
    dmin: number,
  ): readonly [number, number] => {
    let aa = 0;
    let ab = 0;
    let bb = 0;
    let ax = 0;
    let bx = 0;
    for (let i = 0; i < 256; i++) {
      const weight = w === null ? 1 : w[from + i];
      const a = scales[i >> 5] * levels[i];
      const b = -mins[i >> 5];
      aa += weight * a * a;
      ab += weight * a * b;
      bb += weight * b * b;
      ax += weight * a * x[from + i];
      bx += weight * b * x[from + i];
    }
    const det = aa * bb - ab * ab;
    // Without minima (or with all levels 0) the system has one unknown.
    const [newD, newMin] =
      det > 1e-12 * aa * bb ? [(bb * ax - ab * bx) / det, (aa * bx - ab * ax) / det] : [aa > 0 ? ax / aa : d, dmin];
    return newD > 0 && newMin >= 0 ? [newD, newMin] : [d, dmin];
  };

  return (values, bytes, importance) => {
    for (let from = 0, at = 0; from < values.length; from += 256, at += blockBytes)
      quantizeBlock(values, from, bytes, at, importance);
  };
}

function level(shifted: number, inverse: number, high: number): number {
  const q = shifted * inverse + ROUND - ROUND;
  return q < 0 ? 0 : q > high ? high : q;
}

/** `Σ w·(x − (scale·q − min))²` with the best q of each weight. */
function pairLoss(
  x: Float32Array,
  from: number,
  w: Float32Array | null,
  scale: number,
  min: number,
  high: number,
): number {
  const inverse = scale > 0 ? 1 / scale : 0;
  let sum = 0;
  for (let i = from; i < from + SUB; i++) {
    const error = x[i] + min - scale * level(x[i] + min, inverse, high);
    sum += (w === null ? 1 : w[i]) * error * error;
  }
  return sum;
}
