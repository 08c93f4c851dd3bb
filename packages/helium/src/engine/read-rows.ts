import type { Tensor, TypedArray } from "@helium-lm/tensor";

/** The rows of logits `[M, V]`; the arrays are the caller's. */
export async function readRows(logits: Tensor): Promise<readonly Float32Array[]> {
  const [M, V] = logits.shape as [number, number];
  const values = await logits.data();
  const flat = values instanceof Float32Array ? values : Float32Array.from(values);
  return Array.from({ length: M }, (_, m) => flat.subarray(m * V, (m + 1) * V));
}

/** The elements of several tensors, all on their way before the first is awaited. */
export const valuesOf = (tensors: readonly Tensor[]): Promise<readonly TypedArray[]> =>
  Promise.all(tensors.map((t) => t.data()));
