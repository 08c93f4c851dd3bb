import { isFloat } from "../dtypes/dtype.ts";
import { dtypeOption, type DTypeOption } from "../dtypes/dtype-names.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { commonBackend, runCore } from "./dispatch.ts";
import { reshape } from "./view.ts";

/**
 * Rows of a table: `table [rows, …rest]`, `indices […]` (i32) → `[…indices, …rest]`.
 *
 * @param dtype dtype of the result; a float table may be widened on the way (default: the table's)
 * @throws DTypeError; ArgumentError on backends with synchronous kernels when an index is outside `[0, rows)`,
 *   elsewhere the read of the result rejects
 * @example
 * const table = tensor(backend, [[0, 1], [10, 11], [20, 21]]); // [3, 2]
 * const rows = gather(table, tensor(backend, [2, 0], { dtype: "i32" })); // [2] → [2, 2]
 * console.log(await rows.toArray()); // [ [ 20, 21 ], [ 0, 1 ] ]
 */
export function gather(table: Tensor, indices: Tensor, options: DTypeOption = {}): Tensor {
  const dtype = dtypeOption("gather", options, table.dtype);
  const backend = commonBackend("gather", table, indices);
  if (indices.dtype !== "i32")
    throw new DTypeError("gather", `indices are ${indices.dtype}; expected i32`, { given: indices.dtype });
  if (dtype !== table.dtype && !(isFloat(dtype) && isFloat(table.dtype)))
    throw new DTypeError("gather", `a ${table.dtype} table cannot give ${dtype}; cast() the result`, {
      given: dtype,
      table: table.dtype,
    });
  if (table.rank < 1) throw new ShapeError("gather", "table has rank 0; expected [rows, …]");
  return scope(() => {
    const rest = table.shape.slice(1);
    const flat = reshape(indices, [-1]); // [n]
    const rows = runCore("gather", backend, { shape: [flat.size, ...rest], dtype }, { table, indices: flat }, {});
    return reshape(rows, [...indices.shape, ...rest]);
  });
}
