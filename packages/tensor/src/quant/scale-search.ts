import { blockW, blockX, loadSearchBlock, ROUND } from "./search-block.ts";

/** The last candidate: its scale, and what of Σwx² it explains. An array, since a number in an object may be boxed. */
const candidate = new Float64Array(2);

/**
 * The scale `s` for `x ≈ s·q`, q whole in `[low, high]`, by least squares: every candidate puts the largest value at
 * another level, which fixes all q; the best s for these is `Σwxq / Σwq²`, and it leaves `Σwx² − (Σwxq)²/Σwq²`. The
 * best candidate is then refined by turns (new q for s, new s for q), which can only lower the error.
 *
 * @param placements levels to put the largest value at; a negative one turns the sign of the scale
 * @returns 0 when all values or all weights are 0
 */
export function searchScale(
  values: Float32Array,
  from: number,
  count: number,
  importance: Float32Array | null,
  low: number,
  high: number,
  placements: Float64Array,
): number {
  let extreme = 0;
  for (let i = from; i < from + count; i++) if (Math.abs(values[i]) > Math.abs(extreme)) extreme = values[i];
  if (extreme === 0) return 0;
  loadSearchBlock(values, from, count, importance);
  let best = 0;
  let scale = 0;
  for (let k = 0; k < placements.length; k++) {
    consider(count, placements[k] / extreme, low, high);
    if (!(candidate[1] > best)) continue;
    scale = candidate[0];
    best = candidate[1];
  }
  for (let turn = 0; turn < 2 && scale !== 0; turn++) {
    consider(count, 1 / scale, low, high);
    if (!(candidate[1] > best)) break;
    scale = candidate[0];
    best = candidate[1];
  }
  return scale;
}

function consider(count: number, inverse: number, low: number, high: number): void {
  let xq = 0;
  let qq = 0;
  for (let i = 0; i < count; i++) {
    const q = Math.max(low, Math.min(high, blockX[i] * inverse + ROUND - ROUND));
    const wq = blockW[i] * q;
    xq += wq * blockX[i];
    qq += wq * q;
  }
  // 0 where every weighted value is at level 0, which explains nothing.
  candidate[0] = qq > 0 ? xq / qq : 0;
  candidate[1] = candidate[0] * xq;
}

/** `count` numbers from `first` on, `step` apart. */
export function steps(first: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i * step);
}
