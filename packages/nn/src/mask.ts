import { full, isFloat, tensor, where, type Backend, type Tensor } from "@helium-lm/tensor";

/** New tokens of a sequence, at the last of its slots. */
export interface QueryRun {
  readonly count: number;
  /** Slots in use, the new ones included. */
  readonly length: number;
}

/**
 * Padding mask `[B, S]` of ones and zeros as a bool tensor `[B, 1, 1, S]`, or null when nothing is masked. A mask
 * shorter than `length` is padded with zeros on the right, a longer one is cut.
 *
 * @example
 * const mask = paddingMask(backend, [[0, 1, 1], [1, 1, 1]], 4); // the first row is padded on the left
 * console.log(mask?.shape); // [ 2, 1, 1, 4 ]
 */
export function paddingMask(backend: Backend, mask: readonly (readonly number[])[], length: number): Tensor | null {
  const rows = mask.map((row) => Array.from({ length }, (_, s) => (row[s] ? 1 : 0)));
  if (rows.every((row) => row.every((visible) => visible === 1))) return null;
  return tensor(backend, rows.flat(), { shape: [rows.length, 1, 1, length], dtype: "bool" });
}

/**
 * Bidirectional window: the tokens of each run, at the last of its slots, see the keys less than `window` slots before or
 * after their own. Bool `[N, 1, S]`, S the longest length.
 */
export function windowMask(backend: Backend, runs: readonly QueryRun[], window: number): Tensor {
  const S = Math.max(0, ...runs.map(({ length }) => length));
  const slots = runs.flatMap(({ count, length }) => Array.from({ length: count }, (_, t) => length - count + t));
  const visible = slots.flatMap((slot) => Array.from({ length: S }, (_, s) => (Math.abs(slot - s) < window ? 1 : 0)));
  return tensor(backend, visible, { shape: [slots.length, 1, S], dtype: "bool" });
}

/** What both masks show: `visible` is bool, `mask` bool or added to the scores, as attention takes it. */
export function bothMasks(visible: Tensor, mask: Tensor | null): Tensor {
  if (!mask) return visible;
  const hidden = isFloat(mask.dtype)
    ? full(mask.backend, [], -Infinity, mask.dtype)
    : full(mask.backend, [], 0, "bool");
  return where(visible, mask, hidden);
}
