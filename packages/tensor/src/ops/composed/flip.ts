import { normalizeAxes, type Axes } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { copy } from "../copy.ts";
import { arange } from "../fill.ts";
import { gather } from "../gather.ts";
import { transpose } from "../view.ts";

/**
 * x with the order of entries reversed along the given axes, all by default. A new tensor.
 *
 * @throws ShapeError for an axis outside the rank
 * @example
 * console.log(await flip(tensor(backend, [[1, 2], [3, 4]]), 1).toArray()); // [ [ 2, 1 ], [ 4, 3 ] ]
 */
export function flip(x: Tensor, axis?: Axes): Tensor {
  // Strides are never negative: entries are looked up in falling order.
  const axes = normalizeAxes("flip", axis, x.rank).filter((one) => x.shape[one] > 1);
  if (axes.length === 0) return copy(x);
  return scope(() =>
    axes.reduce((from, one) => {
      const rows = transpose(from, 0, one);
      return transpose(gather(rows, arange(x.backend, x.shape[one] - 1, -1, -1)), 0, one);
    }, x),
  );
}
