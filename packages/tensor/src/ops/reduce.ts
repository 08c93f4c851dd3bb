import { isFloat } from "../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import type { ReduceOp } from "../contract/kernels.ts";
import { formatShape, normalizeAxes, type Axes } from "../layout.ts";
import { checkOptionNames, type OptionNames } from "../option-names.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { sub } from "./binary.ts";
import { runCore } from "./dispatch.ts";
import { mergeAxesLast, reducedLength, reducedShape } from "./reduced-axes.ts";
import { neg } from "./unary.ts";
import { reshape } from "./view.ts";

export interface ReduceOptions {
  /** Keep the reduced axes with length 1. */
  readonly keepDims?: boolean;
}

const reduceOptions: OptionNames<ReduceOptions> = { keepDims: true };

/** Whether the reduced axes stay, with length 1. @throws ArgumentError for unknown options */
export function keepsDims(op: string, options: ReduceOptions): boolean {
  checkOptionNames(op, options, reduceOptions);
  return options.keepDims ?? false;
}

/** What an empty run of elements does not have. */
const missing: Readonly<Record<string, string>> = {
  max: "maximum",
  argmax: "maximum",
  min: "minimum",
  argmin: "minimum",
};

/** The axes to reduce. @throws DTypeError for bool, ShapeError for an empty run that has no result */
function reducible(op: string, x: Tensor, axis: Axes | undefined): number[] {
  const axes = normalizeAxes(op, axis, x.rank);
  if (x.dtype === "bool") throw new DTypeError(op, "x is bool; cast() it to i32 or f32", { given: x.dtype });
  if (op in missing && reducedLength(x, axes) === 0) {
    const which = typeof axis === "number" ? `axis ${axis} of ` : "";
    throw new ShapeError(
      op,
      `${which}${formatShape(x.shape)} is empty, so it has no ${missing[op]}; check its length first`,
      { shape: x.shape, axes },
    );
  }
  return axes;
}

/** Runs the kernel over axes that are known to be reducible. */
function reduce(op: ReduceOp, x: Tensor, axes: readonly number[], options: ReduceOptions): Tensor {
  const keepDims = keepsDims(op, options);
  return scope(() => {
    const last = mergeAxesLast(x, axes); // [...rest, R]
    const shape = last.shape.slice(0, -1);
    const out = runCore("reduce", x.backend, { shape, dtype: op === "argmax" ? "i32" : x.dtype }, { x: last }, { op });
    return keepDims ? reshape(out, reducedShape(x, axes, true)) : out;
  });
}

/** The same numbers in falling order, NaN unmoved: −x, and −1 − x for integers, which has no overflow. Its own inverse. */
function mirrored(x: Tensor): Tensor {
  return isFloat(x.dtype) ? neg(x) : sub(-1, x);
}

/**
 * Sum `Σx` along the given axes, all of them by default: x of any shape → x's shape without them. 0 for an empty run;
 * integers wrap. The result has the dtype of x and is the caller's to dispose.
 *
 * @throws ShapeError for an axis outside the rank, DTypeError for bool
 * @example
 * sum(x); // of all elements, shape []
 * sum(x, -1, { keepDims: true }); // of each row: [2, 3] → [2, 1]
 * sum(x, [0, 2]);
 */
export const sum = (x: Tensor, axis?: Axes, options: ReduceOptions = {}): Tensor =>
  reduce("sum", x, reducible("sum", x, axis), options);

/**
 * Maximum along the given axes, all by default; NaN if any element is.
 *
 * @throws ShapeError for an empty run, DTypeError
 * @example
 * console.log(await max(tensor(backend, [[1, 5], [7, 2]]), 1).toArray()); // [ 5, 7 ]
 */
export const max = (x: Tensor, axis?: Axes, options: ReduceOptions = {}): Tensor =>
  reduce("max", x, reducible("max", x, axis), options);

/**
 * Minimum along the given axes, all by default; NaN if any element is.
 *
 * @throws ShapeError for an empty run, DTypeError
 * @example
 * console.log(await min(tensor(backend, [[1, 5], [7, 2]]), 0).toArray()); // [ 1, 2 ]
 */
export function min(x: Tensor, axis?: Axes, options: ReduceOptions = {}): Tensor {
  const axes = reducible("min", x, axis);
  return scope(() => mirrored(reduce("max", mirrored(x), axes, options)));
}

/**
 * Index (i32) of the first maximum along one axis, or in row-major order where none is given; NaN counts as the largest.
 *
 * @throws ShapeError for an empty run, DTypeError for bool
 * @example
 * console.log(await argmax(tensor(backend, [[1, 5], [7, 2]]), 1).toArray()); // [ 1, 0 ]
 */
export const argmax = (x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor =>
  reduce("argmax", x, reducible("argmax", x, axis), options);

/**
 * Index (i32) of the first minimum along one axis, or in row-major order where none is given; NaN counts as the smallest.
 *
 * @throws ShapeError for an empty run, DTypeError for bool
 * @example
 * console.log(await argmin(tensor(backend, [[1, 5], [7, 2]]), 1).toArray()); // [ 0, 1 ]
 */
export function argmin(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  const axes = reducible("argmin", x, axis);
  return scope(() => reduce("argmax", mirrored(x), axes, options));
}
