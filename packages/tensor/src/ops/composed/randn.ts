import type { Backend } from "../../contract/backend.ts";
import type { DType } from "../../dtypes/dtype.ts";
import { isFloat } from "../../dtypes/dtype.ts";
import { DTypeError } from "../../errors.ts";
import { checkShape, sizeOf } from "../../layout.ts";
import { Rng } from "../../rng.ts";
import { tensor, type Tensor } from "../../tensor.ts";

/**
 * Independent draws from the standard normal distribution, the same for the same seed on every backend and machine.
 *
 * @param random a generator, which moves on, or a seed for a new one
 * @throws ShapeError, DTypeError unless dtype is f32, f16 or bf16, ArgumentError for a seed that is not a safe integer
 * @example
 * const rng = new Rng(7);
 * const weights = randn(backend, [64, 32], rng);
 */
export function randn(backend: Backend, shape: readonly number[], random: Rng | number, dtype: DType = "f32"): Tensor {
  checkShape("randn", shape);
  if (!isFloat(dtype)) throw new DTypeError("randn", `dtype is ${dtype}; expected f32, f16 or bf16`, { given: dtype });
  const rng = typeof random === "number" ? new Rng(random) : random;
  const values = Float32Array.from({ length: sizeOf(shape) }, () => rng.normal());
  return tensor(backend, values, { shape, dtype });
}
