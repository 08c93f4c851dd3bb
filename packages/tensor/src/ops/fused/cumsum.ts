import { isFloat } from "../../dtypes/dtype.ts";
import { DTypeError } from "../../errors.ts";
import { normalizeAxis } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add } from "../binary.ts";
import { asDType, cast } from "../cast.ts";
import { concat } from "../compose.ts";
import { runFused } from "../dispatch.ts";
import { narrow, reshape, transpose } from "../view.ts";

/** Definition for x `[..., R]`: sums over 1, 2, 4, … elements up to each position, floats in f32. */
export function composeCumsum(x: Tensor): Tensor {
  const R = x.shape[x.rank - 1];
  return scope(() => {
    let sums = isFloat(x.dtype) ? asDType(x, "f32") : x;
    for (let reach = 1; reach < R; reach *= 2) {
      const [from, to] = [narrow(sums, -1, 0, R - reach), narrow(sums, -1, reach, R - reach)];
      sums = concat([narrow(sums, -1, 0, reach), add(from, to)], -1);
    }
    return cast(sums, x.dtype);
  });
}

/**
 * Running sums along one axis: `out[r] = x[0] + … + x[r]`, in the shape and dtype of x; without an axis those of all
 * elements in row-major order, `[size]`. Integers wrap.
 *
 * @throws ShapeError for an axis outside the rank, DTypeError for bool
 * @example
 * console.log(await cumsum(tensor(backend, [1, 2, 3])).toArray()); // [ 1, 3, 6 ]
 */
export function cumsum(x: Tensor, axis?: number): Tensor {
  if (x.dtype === "bool") throw new DTypeError("cumsum", "x is bool; cast() it to i32 or f32", { given: x.dtype });
  if (axis === undefined) return scope(() => cumsum(reshape(x, [-1]), 0));
  const at = normalizeAxis("cumsum", axis, x.rank);
  const run = (t: Tensor): Tensor =>
    runFused("cumsum", t.backend, { shape: t.shape, dtype: t.dtype }, { x: t }, {}, () => composeCumsum(t));
  if (at === x.rank - 1) return run(x);
  return scope(() => transpose(run(transpose(x, at, -1)), at, -1));
}
