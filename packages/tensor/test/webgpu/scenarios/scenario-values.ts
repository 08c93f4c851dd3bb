import { QuantMatrix, Rng, tensor, type Backend, type DType, type Tensor } from "@helium-lm/tensor";
import { quantFormats, type QuantFormatName } from "@helium-lm/tensor/quant/formats";

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

/** Random levels, scales near 2⁻⁷. */
export function matrix(
  backend: Backend,
  format: QuantFormatName,
  rows: number,
  columns: number,
  seed: number,
): QuantMatrix {
  const { blockSize, blockBytes, halves } = quantFormats[format];
  const rng = new Rng(seed);
  const blocks = Uint8Array.from({ length: ((rows * columns) / blockSize) * blockBytes }, () => rng.uniform() * 256);
  for (let at = 0; at < blocks.length; at += blockBytes)
    for (const offset of halves) blocks.set([rng.uniform() * 256, 0x20], at + offset);
  return QuantMatrix.fromBlocks(backend, format, [rows, columns], blocks);
}
