import { normalizeAxis } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { argsort, isDescending, type SortOptions } from "../fused/argsort.ts";
import { transpose } from "../view.ts";
import { takeFromRows } from "../fused/take-from-rows.ts";

/**
 * x sorted along one axis, the last by default: smallest first and NaN last, or with `descending` NaN first and the
 * smallest last. A new tensor; `argsort` gives the positions.
 *
 * @throws ShapeError for an axis outside the rank, ArgumentError for unknown options
 * @example
 * console.log(await sort(tensor(backend, [2, 3, 1])).toArray()); // [ 1, 2, 3 ]
 * console.log(await sort(tensor(backend, [2, 3, 1]), -1, { descending: true }).toArray()); // [ 3, 2, 1 ]
 */
export function sort(x: Tensor, axis = -1, options: SortOptions = {}): Tensor {
  const descending = isDescending("sort", options);
  const at = normalizeAxis("sort", axis, x.rank);
  return scope(() => {
    const last = transpose(x, at, -1);
    return transpose(takeFromRows(last, argsort(last, -1, { descending })), at, -1);
  });
}
