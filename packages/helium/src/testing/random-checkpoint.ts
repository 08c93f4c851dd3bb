import { dtypes, Rng, sizeOf, type DType } from "@helium-lm/tensor";
import { CheckpointError, type CheckpointReader, type TensorInfo } from "@helium-lm/nn";
import { DecoderConfig } from "../config/index.ts";
import { familyOf } from "../families/index.ts";
import { architectureOf } from "../heads/architectures.ts";
import type { HeadName } from "../heads/index.ts";
import type { ModelSource } from "../sources/index.ts";
import { checkpointTensors, type CheckpointTensor } from "./checkpoint-tensors.ts";

export interface RandomCheckpointOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Stored type of all tensors; default f32. */
  readonly dtype?: Extract<DType, "f32" | "f16" | "bf16">;
}

/** Spread of norm weights around the one that leaves their input as it is, and of biases around 0. */
const VECTOR_SPREAD = 0.3;

/**
 * A checkpoint with random weights, in memory: `AutoModelForCausalLM.fromPretrained(randomCheckpoint(config,
 * "causal-lm"))`, and `savePretrained` puts it on disk.
 *
 * Matrices `[out, in]` are N(0, 1/in), so that activations stay of order 1; embeddings N(0, 1); norm weights 1 ± 0.3
 * (0 ± 0.3 where the norm adds the 1) and biases 0 ± 0.3, so that each of them shows. The values of a tensor depend on
 * the seed and its name without the trunk's prefix: the four heads of a config share their trunk under one seed.
 */
export function randomCheckpoint(
  config: DecoderConfig,
  head: HeadName,
  { seed = 1, dtype = "f32" }: RandomCheckpointOptions = {},
): ModelSource {
  const location = `random ${config.modelType} (${head}, seed ${seed})`;
  const architectures = [architectureOf(familyOf(config.modelType), head)];
  const configText = DecoderConfig.fromJSON({ ...config.toJSON(), architectures }).toJSONString();
  const tensors = new Map(checkpointTensors(config, head).map((tensor) => [tensor.name, tensor]));
  return {
    location,
    readBytes: async (name) => (name === "config.json" ? new TextEncoder().encode(configText) : null),
    openWeights: async () => new RandomReader(location, config, tensors, seed, dtype),
  };
}

class RandomReader implements CheckpointReader {
  readonly #location: string;
  readonly #config: DecoderConfig;
  readonly #tensors: ReadonlyMap<string, CheckpointTensor>;
  readonly #seed: number;
  readonly #dtype: DType;

  constructor(
    location: string,
    config: DecoderConfig,
    tensors: ReadonlyMap<string, CheckpointTensor>,
    seed: number,
    dtype: DType,
  ) {
    this.#location = location;
    this.#config = config;
    this.#tensors = tensors;
    this.#seed = seed;
    this.#dtype = dtype;
  }

  names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  info(name: string): TensorInfo {
    const { shape } = this.#tensor(name);
    return { name, dtype: this.#dtype, shape, storedBytes: sizeOf(shape) * dtypes[this.#dtype].bytes };
  }

  async readBytes(name: string): Promise<Uint8Array> {
    const { shape, role } = this.#tensor(name);
    const { trunk } = this.#config.traits.weights;
    const rng = new Rng(hash(name.startsWith(`${trunk}.`) ? name.slice(trunk.length + 1) : name) + this.#seed);
    const { mean, spread } = this.#distribution(role, shape);
    const { bytes, view, encode } = dtypes[this.#dtype];
    const count = sizeOf(shape);
    const stored = view(new ArrayBuffer(count * bytes), 0, count);
    for (let i = 0; i < count; i++) stored[i] = encode(mean + spread * rng.normal());
    return new Uint8Array(stored.buffer);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #tensor(name: string): CheckpointTensor {
    const found = this.#tensors.get(name);
    if (found) return found;
    throw new CheckpointError(this.#location, `holds no tensor "${name}"; it has ${this.#tensors.size} others`, {
      given: name,
    });
  }

  #distribution(role: CheckpointTensor["role"], shape: readonly number[]): { mean: number; spread: number } {
    const { norm } = this.#config.traits;
    switch (role) {
      case "embedding":
        return { mean: 0, spread: 1 };
      case "matrix":
        return { mean: 0, spread: (shape[1] ?? 1) ** -0.5 };
      case "bias":
        return { mean: 0, spread: VECTOR_SPREAD };
      case "norm":
        return { mean: norm.kind === "rms" && norm.weightMode === "one-plus" ? 0 : 1, spread: VECTOR_SPREAD };
    }
  }
}

/** FNV-1a: gives every tensor numbers of its own under one seed. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
