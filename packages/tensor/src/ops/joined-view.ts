import type { Tensor } from "../tensor.ts";

/** One view of a and b where b lies right behind a along an axis of the same storage; else null. */
export function joinedView(a: Tensor, b: Tensor, axis: number): Tensor | null {
  const { shape, strides, offset } = a.layout;
  const isBehind = a.handle === b.handle && b.layout.offset === offset + shape[axis] * strides[axis];
  const isAlike = a.dtype === b.dtype && strides.every((stride, i) => stride === b.layout.strides[i]);
  if (!isBehind || !isAlike || shape.some((n, i) => i !== axis && n !== b.shape[i])) return null;
  return a.view({ shape: shape.map((n, i) => (i === axis ? n + b.shape[i] : n)), strides, offset });
}
