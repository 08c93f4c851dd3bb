import type { Backend } from "../contract/backend.ts";
import { dtypeOf, type DTypeLike } from "../dtypes/dtype-names.ts";
import { ArgumentError } from "../errors.ts";
import { checkShape } from "../layout.ts";
import type { Tensor } from "../tensor.ts";
import { runCore } from "./dispatch.ts";

/** Tensor whose every element is `value` (rounded or wrapped into the dtype). */
export function full(backend: Backend, shape: readonly number[], value: number, dtype: DTypeLike = "f32"): Tensor {
  checkShape("full", shape);
  return runCore("fill", backend, { shape, dtype: dtypeOf("full", dtype) }, {}, { value });
}

export function zeros(backend: Backend, shape: readonly number[], dtype: DTypeLike = "f32"): Tensor {
  return full(backend, shape, 0, dtype);
}

export function ones(backend: Backend, shape: readonly number[], dtype: DTypeLike = "f32"): Tensor {
  return full(backend, shape, 1, dtype);
}

/** `start, start + step, …` below `end` (above it for a negative step): `max(0, ⌈(end − start)/step⌉)` elements. */
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
