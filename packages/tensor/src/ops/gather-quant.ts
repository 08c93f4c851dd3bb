import { isFloat } from "../dtypes/dtype.ts";
import { dtypeOption, type DTypeOption } from "../dtypes/dtype-names.ts";
import { BackendError, DTypeError } from "../errors.ts";
import type { QuantMatrix } from "../quant-matrix.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { cast } from "./cast.ts";
import { commonBackend, runFused } from "./dispatch.ts";
import { arange } from "./fill.ts";
import { reshape } from "./view.ts";

/**
 * Rows of a quantised table: `table [rows, K]`, `indices […]` (i32) → `[…indices, K]`, the weights exactly as the format
 * defines them (f32), rounded once where another float dtype is asked for.
 *
 * @throws DTypeError; an index outside `[0, rows)` fails as in `gather`
 * @example
 * const table = QuantMatrix.fromBlocks(backend, "q8_0", [3, 32], quantize("q8_0", new Float32Array(96), 32));
 * console.log(gatherQuant(table, tensor(backend, [2, 0], { dtype: "i32" })).shape); // [ 2, 32 ]
 */
export function gatherQuant(table: QuantMatrix, indices: Tensor, options: DTypeOption = {}): Tensor {
  const dtype = dtypeOption("gatherQuant", options, "f32");
  const backend = commonBackend("gatherQuant", table, indices);
  if (indices.dtype !== "i32")
    throw new DTypeError("gatherQuant", `indices are ${indices.dtype}; expected i32`, { given: indices.dtype });
  if (!isFloat(dtype))
    throw new DTypeError("gatherQuant", `a ${table.format} table cannot give ${dtype}; cast() the result`, {
      given: dtype,
      format: table.format,
    });
  return scope(() => {
    const flat = reshape(indices, [-1]); // [n]
    const out = { shape: [flat.size, table.columns], dtype: "f32" } as const;
    const rows = runFused("gatherQuant", backend, out, { table, indices: flat }, {}, () => {
      throw new BackendError("gatherQuant", `"${backend.name}" has no kernel for ${table.format}`, {
        backend: backend.name,
        format: table.format,
      });
    });
    const result = reshape(rows, [...indices.shape, table.columns]);
    return dtype === "f32" ? result : cast(result, dtype);
  });
}

/** All rows of a quantised matrix as a tensor `[rows, columns]`. */
export function dequantizeMatrix(matrix: QuantMatrix, options: DTypeOption = {}): Tensor {
  const dtype = dtypeOption("dequantizeMatrix", options, "f32");
  return scope(() => gatherQuant(matrix, arange(matrix.backend, 0, matrix.rows), { dtype }));
}
