import {
  gather,
  gatherQuant,
  linear,
  narrow,
  dtypes,
  QuantMatrix,
  quantMatmul,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";
import { quantRowBytes } from "@helium-lm/tensor/quant";

/** Weights of a layer `[rows, columns]`, dense or block-quantised. */
export type Matrix = Tensor | QuantMatrix;

/** `x·weightᵀ + bias`: x `[..., columns]` → `[..., rows]`. */
export function multiply(x: Tensor, weight: Matrix, bias: Tensor | undefined): Tensor {
  return weight instanceof QuantMatrix ? quantMatmul(x, weight, bias) : linear(x, weight, bias);
}

/** Rows by index: `[…ids]` → `[…ids, columns]` in the given float dtype. */
export function lookUp(table: Matrix, ids: Tensor, dtype: DType): Tensor {
  return table instanceof QuantMatrix ? gatherQuant(table, ids, { dtype }) : gather(table, ids, { dtype });
}

/** Another view of the same storage. */
export function shareMatrix(matrix: Matrix): Matrix {
  return matrix instanceof QuantMatrix ? matrix.share() : matrix.view(matrix.layout);
}

/** Bytes that its elements take. */
export function matrixBytes(matrix: Matrix): number {
  if (matrix instanceof QuantMatrix) return matrix.rows * quantRowBytes(matrix.format, matrix.columns);
  return matrix.shape.reduce((size, n) => size * n, dtypes[matrix.dtype].bytes);
}

/** View of `length` rows from `start`. */
export function narrowRows(matrix: Matrix, start: number, length: number): Matrix {
  return matrix instanceof QuantMatrix ? matrix.narrowRows(start, length) : narrow(matrix, 0, start, length);
}
