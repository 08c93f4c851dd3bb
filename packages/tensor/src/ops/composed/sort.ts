import { ArgumentError } from "../../errors.ts";
import { formatShape, normalizeAxis } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { copy } from "../copy.ts";
import { argsort, type SortOptions } from "../fused/argsort.ts";
import { narrow, transpose } from "../view.ts";
import { takeFromRows } from "./take-along-axis.ts";

/**
 * x sorted along one axis, the last by default: smallest first and NaN last, or with `descending` NaN first and the
 * smallest last. A new tensor; `argsort` gives the positions.
 *
 * @throws ShapeError for an axis outside the rank
 */
export function sort(x: Tensor, axis = -1, options: SortOptions = {}): Tensor {
  const at = normalizeAxis("sort", axis, x.rank);
  return scope(() => {
    const last = transpose(x, at, -1);
    return transpose(takeFromRows(last, argsort(last, -1, options)), at, -1);
  });
}

/** The k largest or smallest elements, and where they stand. Both are the caller's to dispose. */
export interface TopK {
  readonly values: Tensor;
  /** Positions along the axis, i32. */
  readonly indices: Tensor;
}

/**
 * The k largest elements along one axis, the last by default, the largest first; with `largest: false` the k smallest,
 * the smallest first. NaN counts as the largest (PyTorch's topk); of equal elements the first comes first.
 *
 * @throws ShapeError for an axis outside the rank, ArgumentError unless 0 ≤ k ≤ its length
 * @example
 * const { values, indices } = topk(logits, 50); // [B, V] → [B, 50]
 */
export function topk(x: Tensor, k: number, axis = -1, { largest = true }: { readonly largest?: boolean } = {}): TopK {
  const at = normalizeAxis("topk", axis, x.rank);
  const n = x.shape[at];
  if (!Number.isInteger(k) || k < 0 || k > n)
    throw new ArgumentError(
      "topk",
      `k is ${k}; axis ${axis} of ${formatShape(x.shape)} gives a whole number up to ${n}`,
      {
        given: k,
        shape: x.shape,
        axis,
      },
    );
  return scope(() => {
    const last = transpose(x, at, -1); // [..., n]
    const order = argsort(last, -1, { descending: largest });
    const first = copy(narrow(order, -1, 0, k)); // [..., k], without the rest of the order
    return { values: transpose(takeFromRows(last, first), at, -1), indices: transpose(first, at, -1) };
  });
}
