import { normalizeAxes, normalizeAxis, type Axes } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add, sub } from "../binary.ts";
import { asDType, cast } from "../cast.ts";
import { lt } from "../compare.ts";
import { requireFloat } from "../dispatch.ts";
import { full } from "../fill.ts";
import { keepsDims, max, sum, type ReduceOptions } from "../reduce.ts";
import { reducedLength, reducedShape } from "../reduced-axes.ts";
import { abs, exp, log } from "../unary.ts";
import { reshape } from "../view.ts";
import { where } from "../where.ts";

/**
 * `ln Σ eˣ` along the given axes, all by default, as `m + ln Σ e^(x − m)` with m the maximum, in f32; −∞ for an empty run
 * and for one of −∞ alone, +∞ where there is one. The result has the dtype of x.
 *
 * @throws ShapeError for an axis outside the rank, DTypeError unless x is f32, f16 or bf16
 * @example
 * console.log(await logsumexp(tensor(backend, [1000, -Infinity])).item()); // 1000
 */
export function logsumexp(x: Tensor, axis?: Axes, options: ReduceOptions = {}): Tensor {
  const keepDims = keepsDims("logsumexp", options);
  requireFloat("logsumexp", "x", x);
  const axes = normalizeAxes("logsumexp", axis, x.rank);
  const shape = reducedShape(x, axes, keepDims);
  if (reducedLength(x, axes) === 0) return full(x.backend, shape, -Infinity, x.dtype);
  return scope(() => {
    const wide = asDType(x, "f32");
    const top = max(wide, axes, { keepDims: true });
    // ∞ − ∞ is NaN: an infinite maximum is not taken out.
    const shift = where(lt(abs(top), Infinity), top, 0);
    const total = sum(exp(sub(wide, shift)), axes, { keepDims: true });
    return asDType(reshape(add(log(total), shift), shape), x.dtype);
  });
}

/**
 * `ln softmax(x)` along one axis, the last by default, as `(x − m) − ln Σ e^(x − m)` with m the maximum, in f32. A run of
 * −∞ alone gives NaN, as does one with NaN or +∞.
 *
 * @throws ShapeError for an axis outside the rank, DTypeError unless x is f32, f16 or bf16
 * @example
 * console.log(await logSoftmax(tensor(backend, [5, -Infinity])).toArray()); // [ 0, -Infinity ]
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  requireFloat("logSoftmax", "x", x);
  const at = normalizeAxis("logSoftmax", axis, x.rank);
  if (x.size === 0) return cast(x, x.dtype);
  return scope(() => {
    const wide = asDType(x, "f32");
    const centred = sub(wide, max(wide, at, { keepDims: true }));
    return asDType(sub(centred, log(sum(exp(centred), at, { keepDims: true }))), x.dtype);
  });
}
