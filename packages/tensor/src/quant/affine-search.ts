import { blockW, blockX, loadSearchBlock, ROUND } from "./search-block.ts";

/** `x ≈ scale·q + min`. */
export interface Affine {
  scale: number;
  min: number;
}

/** The last candidate: scale, minimum, and what of Σwx² they explain. */
const candidate = new Float64Array(3);

/**
 * Scale and minimum for `x ≈ s·q + m`, q whole in `[0, levels]`, by least squares: every candidate stretches the range
 * of the values over a little more or less than all levels, which fixes q; s and m then solve the 2 × 2 normal
 * equations. Refined by turns as in `searchScale`.
 *
 * @param largestMin upper bound of m: 0 where a format stores −m unsigned, else Infinity
 * @param out receives the result; its scale is 0 when all values are `min`
 */
export function searchAffine(
  values: Float32Array,
  from: number,
  count: number,
  importance: Float32Array | null,
  levels: number,
  largestMin: number,
  stretches: Float64Array,
  out: Affine,
): void {
  let low = largestMin;
  let high = -Infinity;
  for (let i = from; i < from + count; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  out.scale = 0;
  out.min = low;
  if (!(high > low)) return;
  loadSearchBlock(values, from, count, importance);
  let best = -Infinity;
  for (let k = 0; k < stretches.length; k++) {
    consider(count, (levels + stretches[k]) / (high - low), low, levels, largestMin);
    if (!(candidate[0] > 0 && candidate[2] > best)) continue;
    out.scale = candidate[0];
    out.min = candidate[1];
    best = candidate[2];
  }
  for (let turn = 0; turn < 2 && out.scale > 0; turn++) {
    consider(count, 1 / out.scale, out.min, levels, largestMin);
    if (!(candidate[0] > 0 && candidate[2] > best)) break;
    out.scale = candidate[0];
    out.min = candidate[1];
    best = candidate[2];
  }
}

function consider(count: number, inverse: number, base: number, levels: number, largestMin: number): void {
  let w1 = 0;
  let x1 = 0;
  let q1 = 0;
  let q2 = 0;
  let xq = 0;
  for (let i = 0; i < count; i++) {
    const q = Math.max(0, Math.min(levels, (blockX[i] - base) * inverse + ROUND - ROUND));
    const wq = blockW[i] * q;
    w1 += blockW[i];
    x1 += blockW[i] * blockX[i];
    q1 += wq;
    q2 += wq * q;
    xq += wq * blockX[i];
  }
  // Σwq²·s + Σwq·m = Σwxq and Σwq·s + Σw·m = Σwx. Where all weighted values share one level there is no determinant
  // (but for rounding), and m stays at `base`.
  const det = w1 * q2 - q1 * q1;
  let min = det > 1e-12 * w1 * q2 ? (q2 * x1 - q1 * xq) / det : base;
  if (min > largestMin) min = largestMin;
  const scale = q2 > 0 ? (xq - min * q1) / q2 : 0;
  candidate[0] = scale;
  candidate[1] = min;
  candidate[2] = 2 * (scale * xq + min * x1) - (scale * scale * q2 + 2 * scale * min * q1 + min * min * w1);
}
