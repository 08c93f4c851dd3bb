import { sizeOf } from "../layout.ts";
import type { Tensor } from "../tensor.ts";
import { permute, reshape } from "./view.ts";

/** x with the given axes (rising) merged into one at the end: `[...rest, R]`. Copies only where several do not merge. */
export function mergeAxesLast(x: Tensor, axes: readonly number[]): Tensor {
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const last = permute(x, [...rest, ...axes]);
  if (axes.length === 1) return last;
  return reshape(last, [...rest.map((axis) => x.shape[axis]), reducedLength(x, axes)]);
}

/** Number of elements that the given axes hold. */
export function reducedLength(x: Tensor, axes: readonly number[]): number {
  return sizeOf(axes.map((axis) => x.shape[axis]));
}

/** Shape of x without the given axes, or with them at length 1. */
export function reducedShape(x: Tensor, axes: readonly number[], keepDims: boolean): number[] {
  if (keepDims) return x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  return x.shape.filter((_, axis) => !axes.includes(axis));
}
