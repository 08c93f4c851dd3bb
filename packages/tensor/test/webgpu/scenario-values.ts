import { Rng, tensor, type Backend, type DType, type Tensor } from "@helium-lm/tensor";

/** Calls larger than those of the conformance suite: several buffers for a matrix, several workgroups for a row of attention. */
export interface ScenarioCall {
  readonly name: string;
  /** Relative to the largest element of the result. */
  readonly tolerance: number;
  readonly run: (backend: Backend) => Tensor;
}

export const normal = (backend: Backend, shape: readonly number[], seed: number, dtype: DType = "f32"): Tensor => {
  const rng = new Rng(seed);
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * rng.uniform() - 1);
  return tensor(backend, data, { shape, dtype });
};

export const integers = (
  backend: Backend,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): Tensor => tensor(backend, Int32Array.from(values), { shape, dtype: "i32" });
