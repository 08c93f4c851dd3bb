import { tensor, type Backend, type Tensor } from "@helium-lm/tensor";

/**
 * Padding mask `[B, S]` of ones and zeros as a bool tensor `[B, 1, 1, S]`, or null when nothing is masked. A mask
 * shorter than `length` is padded with zeros on the right, a longer one is cut.
 */
export function paddingMask(backend: Backend, mask: readonly (readonly number[])[], length: number): Tensor | null {
  const rows = mask.map((row) => Array.from({ length }, (_, s) => (row[s] ? 1 : 0)));
  if (rows.every((row) => row.every((visible) => visible === 1))) return null;
  return tensor(backend, rows.flat(), { shape: [rows.length, 1, 1, length], dtype: "bool" });
}
