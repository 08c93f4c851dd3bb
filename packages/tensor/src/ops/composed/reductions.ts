import { isFloat } from "../../dtypes/dtype.ts";
import { DTypeError } from "../../errors.ts";
import { normalizeAxes, type Axes } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { mul } from "../binary.ts";
import { asDType, cast } from "../cast.ts";
import { concat } from "../compose.ts";
import { full, ones } from "../fill.ts";
import { keepsDims, max, type ReduceOptions } from "../reduce.ts";
import { mergeAxesLast, reducedLength, reducedShape } from "../reduced-axes.ts";
import { narrow, reshape } from "../view.ts";
import { logicalNot } from "./logical.ts";

/**
 * Product `Πx` along the given axes, all by default; 1 for an empty run. Floats are multiplied in f32 in pairs, pairs of
 * pairs and so on, and rounded once to the dtype of x; integers wrap.
 *
 * @throws ShapeError for an axis outside the rank, DTypeError for bool
 * @example
 * console.log(await prod(tensor(backend, [[1, 2], [3, 4]]), 1).toArray()); // [ 2, 12 ]
 */
export function prod(x: Tensor, axis?: Axes, options: ReduceOptions = {}): Tensor {
  const keepDims = keepsDims("prod", options);
  const axes = normalizeAxes("prod", axis, x.rank);
  if (x.dtype === "bool") throw new DTypeError("prod", "x is bool; cast() it to i32 or f32", { given: x.dtype });
  return scope(() => {
    const last = mergeAxesLast(isFloat(x.dtype) ? asDType(x, "f32") : x, axes); // [...rest, R]
    const product =
      last.shape[last.rank - 1] === 0 ? ones(x.backend, [...last.shape.slice(0, -1), 1], last.dtype) : last;
    return cast(reshape(foldPairs(product), reducedShape(x, axes, keepDims)), x.dtype);
  });
}

/** `[..., R]` → `[..., 1]`, by halving the last axis. */
function foldPairs(x: Tensor): Tensor {
  const n = x.shape[x.rank - 1];
  if (n === 1) return x;
  const half = Math.floor(n / 2);
  const pairs = mul(narrow(x, -1, 0, half), narrow(x, -1, half, half));
  return foldPairs(n % 2 === 0 ? pairs : concat([pairs, narrow(x, -1, n - 1, 1)], -1));
}

/**
 * Whether any element along the given axes, all by default, is not 0 (NaN is not): bool; false for an empty run.
 *
 * @example
 * console.log(await any(tensor(backend, [[0, 0], [0, 2]]), 1).toArray()); // [ 0, 1 ]
 */
export function any(x: Tensor, axis?: Axes, options: ReduceOptions = {}): Tensor {
  const keepDims = keepsDims("any", options);
  const axes = normalizeAxes("any", axis, x.rank);
  if (reducedLength(x, axes) === 0) return full(x.backend, reducedShape(x, axes, keepDims), 0, "bool");
  return scope(() => cast(max(cast(cast(x, "bool"), "f32"), axes, { keepDims }), "bool"));
}

/**
 * Whether every element along the given axes, all by default, is not 0 (NaN is not): bool; true for an empty run.
 *
 * @example
 * console.log(await all(tensor(backend, [[1, 0], [1, 2]]), 1).toArray()); // [ 0, 1 ]
 */
export function all(x: Tensor, axis?: Axes, options: ReduceOptions = {}): Tensor {
  return scope(() => logicalNot(any(logicalNot(x), axis, options)));
}
