import type { Operand } from "../../contract/operand.ts";
import { dtypes } from "../../dtypes/dtype.ts";
import { arrayOf } from "../host/host-memory.ts";

/** Calls `fn` with every index of a shape, in row-major order. The array is reused between calls. */
export function forEachIndex(shape: readonly number[], fn: (index: readonly number[]) => void): void {
  const index = new Array<number>(shape.length).fill(0);
  if (shape.includes(0)) return;
  for (;;) {
    fn(index);
    let axis = shape.length - 1;
    while (axis >= 0 && ++index[axis] === shape[axis]) index[axis--] = 0;
    if (axis < 0) return;
  }
}

/** Length of the last axis of an operand of rank ≥ 1. */
export function lastLength({ layout: { shape } }: Operand): number {
  return shape[shape.length - 1];
}

/** Reads elements of an operand as numbers, by index. */
export function reader(operand: Operand): (index: readonly number[]) => number {
  const array = arrayOf(operand.handle);
  const { decode } = dtypes[operand.dtype];
  const position = positioner(operand);
  return (index) => decode(array[position(index)]);
}

/** All elements in row-major order, for kernels that read each of them many times. */
export function valuesOf(operand: Operand): Float64Array {
  const { shape } = operand.layout;
  const read = reader(operand);
  const values = new Float64Array(shape.reduce((count, length) => count * length, 1));
  let at = 0;
  forEachIndex(shape, (index) => {
    values[at++] = read(index);
  });
  return values;
}

/** Reads along the last axis: `rows(x)([i, j])(k)` is element (i, j, k). */
export function rows(operand: Operand): (index: readonly number[]) => (k: number) => number {
  const { shape, strides, offset } = operand.layout;
  const array = arrayOf(operand.handle);
  const { decode } = dtypes[operand.dtype];
  const last = shape.length - 1;
  const step = strides[last];
  return (index) => {
    let start = offset;
    for (let axis = 0; axis < last; axis++) start += index[axis] * strides[axis];
    return (k) => decode(array[start + k * step]);
  };
}

/** Reads down the second to last axis: `columns(x)([i, k])(j)` is element (i, j, k). */
export function columns(operand: Operand): (index: readonly number[]) => (j: number) => number {
  const { shape, strides, offset } = operand.layout;
  const swap = (values: readonly number[]): number[] => [
    ...values.slice(0, -2),
    values[values.length - 1],
    values[values.length - 2],
  ];
  const layout = { shape: swap(shape), strides: swap(strides), offset };
  return rows({ handle: operand.handle, dtype: operand.dtype, layout });
}

/** Writes elements of an operand, rounding or wrapping into its dtype. */
export function writer(operand: Operand): (index: readonly number[], value: number) => void {
  const array = arrayOf(operand.handle);
  const { encode } = dtypes[operand.dtype];
  const position = positioner(operand);
  return (index, value) => {
    array[position(index)] = encode(value);
  };
}

function positioner({ layout: { shape, strides, offset } }: Operand): (index: readonly number[]) => number {
  return (index) => {
    let at = offset;
    for (let axis = 0; axis < shape.length; axis++) at += index[axis] * strides[axis];
    return at;
  };
}
