import {
  isDType,
  isFloat,
  kernelPath,
  storesQuant,
  type Backend,
  type DType,
  type QuantFormatName,
} from "@helium-lm/tensor";
import { isQuantFormat } from "@helium-lm/tensor/quant";

/**
 * How layers multiply by a matrix and look rows up in it: `kernel` = as it is stored, by the backend's kernels; `host` = in
 * JavaScript, on a backend whose kernels run elsewhere; `composed` = made floats of for every product; `expanded` = made
 * floats of once, while it is loaded.
 */
export type MatrixPath = "kernel" | "host" | "composed" | "expanded";

/** What a backend keeps a matrix of a checkpoint as, with dtype "auto", and how layers then run. */
export interface KeptMatrix {
  readonly kept: DType | QuantFormatName;
  readonly runs: MatrixPath;
}

/** @param stored dtype or block format in the file; another dtype than those of tensors becomes f32 */
export function keptMatrix(backend: Backend, stored: string): KeptMatrix {
  if (isQuantFormat(stored))
    return storesQuant(backend, stored)
      ? { kept: stored, runs: matrixPath(backend, stored) }
      : { kept: "f32", runs: "expanded" };
  const kept = isDType(stored) ? stored : "f32";
  // Layers have no matrices of integers.
  return { kept, runs: isFloat(kept) ? matrixPath(backend, kept) : "kernel" };
}

/** How products with a matrix kept as `kept`, and look-ups in it, run: the slower of the two. */
export function matrixPath(backend: Backend, kept: DType | QuantFormatName): MatrixPath {
  const x = { dtype: "f32" } as const;
  const indices = { dtype: "i32" } as const;
  const paths = isQuantFormat(kept)
    ? [
        kernelPath(backend, "quantMatmul", "f32", { x, weight: { format: kept } }),
        kernelPath(backend, "gatherQuant", "f32", { table: { format: kept }, indices }),
      ]
    : // Without `linear` a product is one of core ops, as fast as those are.
      [
        kernelPath(backend, "linear", "f32", { x, weight: { dtype: kept } }) ??
          kernelPath(backend, "matmul", "f32", { a: x, b: { dtype: kept } }),
        kernelPath(backend, "gather", "f32", { table: { dtype: kept }, indices }),
      ];
  return paths.includes(null) ? "composed" : paths.includes("host") ? "host" : "kernel";
}
