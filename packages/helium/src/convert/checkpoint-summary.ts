import { dtypes, isDType, isFloat, type DType } from "@helium-lm/tensor";
import { isQuantFormat } from "@helium-lm/tensor/quant";
import { weightDTypes, type CheckpointReader, type KvDType, type TensorInfo, type WeightDType } from "@helium-lm/nn";
import type { DecoderConfig, JsonObject } from "../config/index.ts";
import { resolveArchitecture } from "../heads/architectures.ts";
import { kvCacheBytesPerToken } from "./kv-cache-bytes.ts";

/** What a checkpoint's headers tell; no weights are read for it. */
export interface CheckpointSummary {
  readonly config: JsonObject;
  /** Class names of config.json with the head each stands for, null for a class of no known family. */
  readonly architectures: readonly { readonly name: string; readonly head: string | null }[];
  readonly parameters: number;
  /** Bytes of all tensors in the file. */
  readonly storedBytes: number;
  /** The same by the types they are stored as, the largest share first. */
  readonly storedAs: readonly { readonly dtype: string; readonly tensors: number; readonly bytes: number }[];
  readonly memory: {
    /** Bytes of the weights once loaded, for each `dtype`; null where a tensor's type cannot be loaded. */
    readonly weights: Readonly<Record<WeightDType, number>> | null;
    /** Keys and values of one token in all layers, by the cache's dtype. */
    readonly kvCacheBytesPerToken: Readonly<Record<KvDType, number>>;
  };
  readonly unknownConfigKeys: readonly string[];
  readonly warnings: readonly string[];
  readonly tensors: readonly TensorInfo[];
}

/**
 * What config and headers say of a checkpoint: its parameters, bytes, tensors and what it takes in memory. No weights are
 * read, and the reader stays the caller's.
 *
 * @throws CheckpointError
 * @example
 * const source = await modelSource("models/helium-nano");
 * const reader = await source.openWeights();
 * const { parameters, memory } = summarise(await loadConfig(source), reader);
 * console.log(parameters); // 7965952
 * console.log(memory.kvCacheBytesPerToken.f16); // 6144
 * await reader.close();
 */
export function summarise(config: DecoderConfig, reader: CheckpointReader): CheckpointSummary {
  const tensors = reader.names().map((name) => reader.info(name));
  return {
    config: config.toJSON(),
    architectures: (config.architectures ?? []).map((name) => ({
      name,
      head: resolveArchitecture(name)?.head ?? null,
    })),
    parameters: sum(tensors.map(elements)),
    storedBytes: sum(tensors.map(({ storedBytes }) => storedBytes)),
    storedAs: byStoredType(tensors),
    memory: {
      weights: weightMemory(tensors),
      kvCacheBytesPerToken: kvCacheBytesPerToken(config),
    },
    unknownConfigKeys: Object.keys(config.unknownKeys),
    warnings: config.warnings,
    tensors,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const elements = ({ shape }: TensorInfo): number => shape.reduce((size, n) => size * n, 1);

function byStoredType(tensors: readonly TensorInfo[]): CheckpointSummary["storedAs"] {
  const types = new Map<string, { tensors: number; bytes: number }>();
  for (const { dtype, storedBytes } of tensors) {
    const { tensors: count, bytes } = types.get(dtype) ?? { tensors: 0, bytes: 0 };
    types.set(dtype, { tensors: count + 1, bytes: bytes + storedBytes });
  }
  return [...types].map(([dtype, share]) => ({ dtype, ...share })).sort((a, b) => b.bytes - a.bytes);
}

/** As `CheckpointWeights` keeps them: vectors in f32, matrices in the wanted dtype, blocks and integers as they are. */
function weightMemory(tensors: readonly TensorInfo[]): Record<WeightDType, number> | null {
  if (!tensors.every(({ dtype }) => isDType(dtype) || isQuantFormat(dtype))) return null;
  const bytesAs = (wanted: WeightDType): number =>
    sum(
      tensors.map((info) => {
        if (isQuantFormat(info.dtype))
          return wanted === "auto" ? info.storedBytes : elements(info) * dtypes[wanted].bytes;
        const stored = info.dtype as DType;
        const kept = !isFloat(stored) ? stored : info.shape.length < 2 ? "f32" : wanted === "auto" ? stored : wanted;
        return elements(info) * dtypes[kept].bytes;
      }),
    );
  return Object.fromEntries(weightDTypes.map((dtype) => [dtype, bytesAs(dtype)])) as Record<WeightDType, number>;
}
