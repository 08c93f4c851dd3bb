import type { Operand } from "../../backend.ts";
import { dtypes } from "../../dtype.ts";
import { arrayOf } from "../host-memory.ts";

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
