import type { DType } from "../dtypes/dtype.ts";
import { dtypeOf, type DTypeLike } from "../dtypes/dtype-names.ts";
import type { Tensor } from "../tensor.ts";
import { runCore } from "./dispatch.ts";

/**
 * x in another dtype, as a new tensor. Float → int truncates toward zero, NaN → 0, out of range saturates; any → bool
 * is `x ≠ 0`; to f16 and bf16 rounds to nearest even.
 *
 * @throws DTypeError for an unknown dtype
 * @example
 * console.log(await cast(tensor(backend, [-1.5, 2.7, NaN]), "i32").toArray()); // [ -1, 2, 0 ]
 */
export function cast(x: Tensor, dtype: DTypeLike): Tensor {
  return runCore("cast", x.backend, { shape: x.shape, dtype: dtypeOf("cast", dtype) }, { x }, {});
}

/** x itself where it has the dtype already, else its cast; for what is on the way to a result. */
export function asDType(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : cast(x, dtype);
}
