import { stat } from "node:fs/promises";
import { GgufError, type CheckpointReader, type DTypeFallback } from "@helium-lm/nn";
import { writeGgufFile } from "@helium-lm/nn/io/node";
import { isQuantFormat } from "@helium-lm/tensor/quant";
import { exportGguf, ggufTensorNames, type GgufDType, type GgufModel } from "../gguf/index.ts";
import type { ModelSource } from "../sources/index.ts";
import { loadConfig } from "../loading/load-model.ts";
import { countedReader, type BytesListener } from "./counted-reader.ts";
import { ggufExtras } from "./gguf-extras.ts";

export interface GgufWriteOptions {
  /** How matrices are stored: a float dtype, a quantisation, or "auto" as they are. */
  readonly dtype: GgufDType;
  /** The same for the embedding and the head; default: `dtype`. */
  readonly embeddingDType?: GgufDType;
  /** Rows that do not fill a format's blocks are an error. */
  readonly strict?: boolean;
  /** Threads that quantise; default: the physical cores, at most 8. */
  readonly threads?: number | undefined;
  /** Told of the bytes read so far, and of all. */
  readonly onBytes?: BytesListener;
  readonly signal?: AbortSignal;
}

export interface WrittenTensor {
  /** Name in the GGUF file. */
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** `√(Σ(x − x̂)² / Σx²)` of a tensor that was quantised, else 0. */
  readonly relativeRms: number;
}

export interface GgufWriteReport {
  readonly tensors: readonly WrittenTensor[];
  readonly fallbacks: readonly DTypeFallback[];
  /** Why llama.cpp will not find the model's tokenizer; else null. */
  readonly tokenizerNote: string | null;
  /** Why one thread quantised although more were to; else null. */
  readonly oneThread: string | null;
  /** Names in the checkpoint that have no place in the file. */
  readonly leftOut: readonly string[];
  /** Bytes of the checkpoint's tensors, and of the whole file. */
  readonly bytes: { readonly input: number; readonly output: number };
}

/**
 * Writes a model as one GGUF file, a tensor at a time; the file appears when it is whole. Node only.
 *
 * @param path of the file; one that is there is replaced
 * @throws GgufError, also for rows that do not fill whole blocks under `strict`; ByteSourceError, CheckpointError, QuantError
 * @example
 * const source = await modelSource("models/helium-nano");
 * const { tensors, bytes } = await writeGgufModel(source, path, { dtype: "q8_0" });
 * console.log(tensors.length); // 57
 * console.log(bytes.output < bytes.input); // true
 */
export async function writeGgufModel(
  source: ModelSource,
  path: string,
  { dtype, embeddingDType = dtype, strict = false, threads, onBytes = () => undefined, signal }: GgufWriteOptions,
): Promise<GgufWriteReport> {
  const config = await loadConfig(source);
  const { metadata, note } = await ggufExtras(source, config.traits.vocabSize);
  const reader = countedReader(await source.openWeights(), onBytes, signal);
  try {
    let oneThread: string | null = null;
    const made = new Map<string, { readonly bytes: number; readonly error: number }>();
    const model = await exportGguf(config, reader, {
      dtype,
      embeddingDType,
      metadata,
      ...(threads !== undefined && { threads }),
      onTensor: ({ name, bytes, error, oneThread: reason = null }) => {
        made.set(name, { bytes, error });
        oneThread = reason;
      },
    });
    const fallbacks = fallbacksIn(model, dtype, embeddingDType);
    if (strict && fallbacks[0]) refuse(model, fallbacks[0]);
    await writeGgufFile(path, model.metadata, model.tensors);
    return {
      tensors: model.tensors.map(({ name, dtype: used, shape, bytes }) => ({
        name,
        dtype: used,
        shape,
        bytes: made.get(name)?.bytes ?? (typeof bytes === "function" ? 0 : bytes.length),
        relativeRms: Math.sqrt(made.get(name)?.error ?? 0),
      })),
      fallbacks,
      tokenizerNote: note,
      oneThread,
      leftOut: leftOut(reader, new Set(ggufTensorNames(config.traits).keys())),
      bytes: { input: storedBytes(reader), output: (await stat(path)).size },
    };
  } finally {
    await reader.close();
  }
}

const storedBytes = (reader: CheckpointReader): number =>
  reader.names().reduce((bytes, name) => bytes + reader.info(name).storedBytes, 0);

const leftOut = (reader: CheckpointReader, placed: ReadonlySet<string>): string[] =>
  reader.names().filter((name) => !placed.has(name));

/** Matrices that are not stored as wanted; norms, per-head ones too, are f32 in every GGUF file. */
function fallbacksIn({ tensors }: GgufModel, dtype: GgufDType, embeddingDType: GgufDType): DTypeFallback[] {
  return tensors.flatMap(({ name, dtype: used, shape }) => {
    const wanted = /^(?:token_embd|output)\.weight$/.test(name) ? embeddingDType : dtype;
    if (!isQuantFormat(wanted) || used === wanted || shape.length < 2 || name.endsWith("norm.weight")) return [];
    return [{ path: name, wanted, used: used as DTypeFallback["used"] }];
  });
}

function refuse({ tensors }: GgufModel, { path, wanted, used }: DTypeFallback): never {
  const columns = tensors.find(({ name }) => name === path)?.shape.at(-1);
  throw new GgufError(
    path,
    `has rows of ${columns}, which do not fill blocks of ${wanted}; leave out --strict to store it as ${used}`,
    { tensor: path, given: columns, wanted, used },
  );
}
