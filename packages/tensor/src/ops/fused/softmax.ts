import { normalizeAxis } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { div, sub } from "../binary.ts";
import { cast } from "../cast.ts";
import { requireFloat, runFused } from "../dispatch.ts";
import { max, sum } from "../reduce.ts";
import { exp } from "../unary.ts";
import { transpose } from "../view.ts";

/** Definition: `e^(x − max) / Σ e^(x − max)` over the last axis, in f32, cast back to the dtype of x. */
export function composeSoftmax(x: Tensor): Tensor {
  return scope(() => {
    const wide = cast(x, "f32");
    const powers = exp(sub(wide, max(wide, -1, { keepDims: true })));
    return cast(div(powers, sum(powers, -1, { keepDims: true })), x.dtype);
  });
}

/**
 * Softmax along one axis (the last by default). −Inf gives 0; a row of only −Inf gives NaN, as does a row with NaN or
 * +Inf.
 *
 * @throws DTypeError for what is not a float, ShapeError for an axis that is not there
 * @example
 * console.log(await softmax(tensor(backend, [0, 0])).toArray()); // [ 0.5, 0.5 ]
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  requireFloat("softmax", "x", x);
  const at = normalizeAxis("softmax", axis, x.rank);
  const run = (t: Tensor): Tensor =>
    t.size === 0
      ? cast(t, t.dtype)
      : runFused("softmax", t.backend, { shape: t.shape, dtype: t.dtype }, { x: t }, {}, () => composeSoftmax(t));
  if (at === x.rank - 1) return run(x);
  return scope(() => transpose(run(transpose(x, at, -1)), at, -1));
}
