import type { Backend } from "../contract/backend.ts";
import { dtypeOf, type DTypeLike } from "../dtypes/dtype-names.ts";
import { ArgumentError } from "../errors.ts";
import { checkShape } from "../layout.ts";
import type { Tensor } from "../tensor.ts";
import { runCore } from "./dispatch.ts";

/**
 * A tensor whose every element is `value`, rounded or wrapped into the dtype. It belongs to the scope around the call, or to
 * the caller.
 *
 * @throws ShapeError for what is not a shape, DTypeError for an unknown dtype
 * @example
 * console.log(await full(backend, [2, 2], 7).toArray()); // [ [ 7, 7 ], [ 7, 7 ] ]
 */
export function full(backend: Backend, shape: readonly number[], value: number, dtype: DTypeLike = "f32"): Tensor {
  checkShape("full", shape);
  return runCore("fill", backend, { shape, dtype: dtypeOf("full", dtype) }, {}, { value });
}

/**
 * A tensor of zeros: `full(backend, shape, 0, dtype)`.
 *
 * @example
 * console.log(await zeros(backend, [2], "i32").toArray()); // [ 0, 0 ]
 */
export function zeros(backend: Backend, shape: readonly number[], dtype: DTypeLike = "f32"): Tensor {
  return full(backend, shape, 0, dtype);
}

/**
 * A tensor of ones: `full(backend, shape, 1, dtype)`.
 *
 * @example
 * console.log(ones(backend, [2, 3]).shape); // [ 2, 3 ]
 */
export function ones(backend: Backend, shape: readonly number[], dtype: DTypeLike = "f32"): Tensor {
  return full(backend, shape, 1, dtype);
}

/**
 * `start, start + step, …` below `end` (above it for a negative step): `max(0, ⌈(end − start)/step⌉)` elements.
 *
 * @throws ArgumentError where these numbers give no finite length, DTypeError for an unknown dtype
 * @example
 * console.log(await arange(backend, 0, 10, 3).toArray()); // [ 0, 3, 6, 9 ]
 */
export function arange(backend: Backend, start: number, end: number, step = 1, dtype: DTypeLike = "i32"): Tensor {
  const length = Math.max(0, Math.ceil((end - start) / step));
  if (!Number.isSafeInteger(length))
    throw new ArgumentError("arange", `start ${start}, end ${end}, step ${step} give no finite length`, {
      start,
      end,
      step,
    });
  return runCore("arange", backend, { shape: [length], dtype: dtypeOf("arange", dtype) }, {}, { start, step });
}
