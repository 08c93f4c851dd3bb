import type { DType } from "../dtypes/dtype.ts";
import { roundTo } from "./formulas/number-format.ts";

/** A tensor in plain numbers, row-major, values as `dtype` stores them: what the oracles compute with. */
export interface TensorValues {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/**
 * What a formula says, before the last rounding. `magnitude` is the size of what the formula adds up (e.g. `Σ|a·b|`
 * for a dot product), which rounding errors are proportional to; by default the value itself.
 */
export interface Expected {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
  readonly magnitude: Float64Array;
}

/** Entry of a shape or index; a negative axis counts from the end. */
export function along(shape: readonly number[], axis: number): number {
  return shape[axis < 0 ? axis + shape.length : axis];
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Position in row-major order of an index. */
export function flatIndex(shape: readonly number[], index: readonly number[]): number {
  let at = 0;
  for (let axis = 0; axis < shape.length; axis++) at = at * shape[axis] + index[axis];
  return at;
}

/** Index of a position in row-major order. */
export function indexAt(shape: readonly number[], flat: number): number[] {
  const index = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = flat % shape[axis];
    flat = Math.floor(flat / shape[axis]);
  }
  return index;
}

/** The element at an index. */
export function at(t: TensorValues, ...index: readonly number[]): number {
  return t.data[flatIndex(t.shape, index)];
}

/** The element that NumPy broadcasting pairs with an index of a larger shape. */
export function broadcastAt(t: TensorValues, index: readonly number[]): number {
  const skip = index.length - t.shape.length;
  let flat = 0;
  for (let axis = 0; axis < t.shape.length; axis++) {
    const n = t.shape[axis];
    flat = flat * n + (n === 1 ? 0 : index[axis + skip]);
  }
  return t.data[flat];
}

/** Shape that NumPy broadcasting gives to the (fitting) shapes. */
export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return lengths.find((n) => n !== 1) ?? 1;
  });
}

/** Fills a shape from a formula, which gives a value or a value with its magnitude. */
export function expected(
  dtype: DType,
  shape: readonly number[],
  formula: (index: readonly number[], flat: number) => number | readonly [value: number, magnitude: number],
): Expected {
  const count = countOf(shape);
  const data = new Float64Array(count);
  const magnitude = new Float64Array(count);
  for (let flat = 0; flat < count; flat++) {
    const result = formula(indexAt(shape, flat), flat);
    const isAlone = typeof result === "number";
    data[flat] = isAlone ? result : result[0];
    magnitude[flat] = isAlone ? Math.abs(result) : result[1];
  }
  return { dtype, shape, data, magnitude };
}

/** Another result in the place of a formula's values; `magnitude` as in `Expected`. */
export function asExpected(
  { dtype, shape, data }: TensorValues,
  magnitude: Float64Array = data.map(Math.abs),
): Expected {
  return { dtype, shape, data, magnitude };
}

/** Something computed once for all indices that differ on one axis only, e.g. the sum of a row. */
export function perRow<T>(axis: number, compute: (index: readonly number[]) => T): (index: readonly number[]) => T {
  const known = new Map<string, T>();
  return (index) => {
    const key = index.with(axis, 0).join();
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = compute(index)));
    return value;
  };
}

/** Tensor of values rounded into a dtype. */
export function hostTensor(dtype: DType, shape: readonly number[], values: ArrayLike<number>): TensorValues {
  const data = new Float64Array(values.length);
  for (let i = 0; i < data.length; i++) data[i] = roundTo(dtype, values[i]);
  return { dtype, shape, data };
}

/** The part of a tensor with index i on one axis; the axis stays, with length 1. */
export function sliceOf(t: TensorValues, axis: number, i: number, length = 1): TensorValues {
  const shape = t.shape.map((n, k) => (k === axis ? length : n));
  const data = new Float64Array(countOf(shape));
  for (let flat = 0; flat < data.length; flat++) {
    const index = indexAt(shape, flat);
    index[axis] = index[axis] + i;
    data[flat] = t.data[flatIndex(t.shape, index)];
  }
  return { dtype: t.dtype, shape, data };
}
