import { dtypes, isDType, type DType, type QuantFormatName } from "@helium-lm/tensor";
import {
  dequantize,
  fittingFormat,
  isQuantFormat,
  quantize,
  quantRowBytes,
  type QuantMethod,
} from "@helium-lm/tensor/quant";
import {
  GgufError,
  GgufMetadata,
  slicesOf,
  type CheckpointReader,
  type GgufMetadataToWrite,
  type GgufScalar,
  type GgufTensorToWrite,
  type ReadSlice,
  type TensorInfo,
} from "@helium-lm/nn";
import { DecoderConfig, type DecoderKnobs } from "../config/index.ts";
import { reorderHeadRows } from "../head-rows.ts";
import { ggufConfig } from "./config-json.ts";
import { architectureFor, ggufMetadata, ropeFactors } from "./export-metadata.ts";
import { firstDifference } from "./first-difference.ts";
import { ggufTensorNames } from "./tensor-names.ts";

/** Storage of matrices in the file: `auto` keeps the checkpoint's. */
export type GgufDType = "auto" | "f32" | "f16" | "bf16" | QuantFormatName;

export interface GgufExportOptions {
  readonly dtype?: GgufDType;
  /** Of the embedding and the head, which suffer most; default as `dtype`. */
  readonly embeddingDType?: GgufDType;
  readonly method?: QuantMethod;
  /** Put behind the model's own metadata, e.g. `general.name` and a tokenizer. */
  readonly metadata?: GgufMetadataToWrite;
  /** Called with each tensor when it is made. */
  readonly onTensor?: (event: GgufTensorReport) => void;
}

export interface GgufTensorReport {
  /** Name in the file. */
  readonly name: string;
  readonly dtype: GgufTensorToWrite["dtype"];
  readonly bytes: number;
  /** `Σ(x − x̂)² / Σx²` of a tensor that was quantised, else 0. */
  readonly error: number;
}

/** What `writeGguf` takes. */
export interface GgufModel {
  readonly metadata: GgufMetadataToWrite;
  readonly tensors: readonly GgufTensorToWrite[];
}

/**
 * A causal-LM checkpoint as a GGUF model that llama.cpp's rules read back: names, order of the rows of q and k, norms with
 * 1 added and frequency factors as its converters write them. Tensors are read and made one at a time, while the file is
 * written. Rows that fill no blocks take the format's fallback, or bf16.
 *
 * @param reader paths as `config.knobs.weights` names them
 * @throws GgufError for a family without an architecture, a config that the architecture cannot say (the message names the
 *   first such thing), or tensors that are missing
 */
export async function exportGguf(
  config: DecoderConfig,
  reader: CheckpointReader,
  options: GgufExportOptions = {},
): Promise<GgufModel> {
  const [name, architecture] = architectureFor(config.modelType);
  const names = ggufTensorNames(config.knobs);
  const missing = [...names.keys()].find((path) => !reader.has(path));
  if (missing !== undefined)
    throw new GgufError(missing, `is missing from the checkpoint; a ${name} file needs it`, { path: missing });
  const tensors = [...names].map(([path, gguf]) => exportTensor(path, gguf, { config, reader, architecture, options }));
  const factors = [...ropeFactors(config)].map(([gguf, values]): GgufTensorToWrite => ({
    name: gguf,
    dtype: "f32",
    shape: [values.length],
    bytes: new Uint8Array(values.buffer),
  }));
  const format = tensors.map(({ dtype }) => dtype).find(isQuantFormat) ?? null;
  const model = { metadata: ggufMetadata(config, format, options.metadata), tensors: [...factors, ...tensors] };
  await checkReadsBack(config, model);
  return model;
}

interface ExportContext {
  readonly config: DecoderConfig;
  readonly reader: CheckpointReader;
  readonly architecture: ReturnType<typeof architectureFor>[1];
  readonly options: GgufExportOptions;
}

function exportTensor(path: string, name: string, context: ExportContext): GgufTensorToWrite {
  const { config, reader, architecture, options } = context;
  const info = reader.info(path);
  const dtype = targetOf(name, info, options);
  const shift = architecture.normsPlusOne === true && name.endsWith("norm.weight") ? 1 : 0;
  const heads = reorderedHeads(name, config.knobs, architecture.pairing);
  const bytes = async (): Promise<Uint8Array> => {
    const isKept = info.dtype === dtype && shift === 0;
    const { encoded, error } = isKept
      ? { encoded: await reader.readBytes(path), error: 0 }
      : await encodeRows(info, slicesOf(reader, path), dtype, shift, options);
    // Rows are whole runs of blocks, so they can change places in any format.
    const group = { rows: info.shape[0] ?? 0, heads: heads ?? 1, rotaryDim: config.knobs.rope.rotaryDim };
    const ordered = heads === null ? encoded : reorderHeadRows(encoded, group, architecture.pairing);
    options.onTensor?.({ name, dtype, bytes: ordered.length, error });
    return ordered;
  };
  return { name, dtype, shape: info.shape, bytes };
}

/** Vectors are f32, as llama.cpp asks for; matrices as wanted, or as their rows allow. */
function targetOf(name: string, info: TensorInfo, options: GgufExportOptions): GgufTensorToWrite["dtype"] {
  if (info.shape.length < 2 || name.endsWith("norm.weight")) return "f32";
  const isTable = name === "token_embd.weight" || name === "output.weight";
  const wanted = (isTable ? options.embeddingDType : undefined) ?? options.dtype ?? "auto";
  if (wanted === "auto") {
    if (isDType(info.dtype) || isQuantFormat(info.dtype)) return info.dtype;
    throw new GgufError(info.name, `is stored as ${info.dtype}, which cannot be read; convert the checkpoint`);
  }
  return isQuantFormat(wanted) ? (fittingFormat(wanted, info.shape.at(-1) ?? 0) ?? "bf16") : wanted;
}

/** Heads whose rows change places; null: the tensor is not of q or k, or the pairing is the file's already. */
function reorderedHeads(name: string, knobs: DecoderKnobs, pairing: DecoderKnobs["rope"]["pairing"]): number | null {
  if (knobs.rope.pairing === pairing) return null;
  if (/\.attn_q\.(?:weight|bias)$/.test(name)) return knobs.numAttentionHeads;
  return /\.attn_k\.(?:weight|bias)$/.test(name) ? knobs.numKeyValueHeads : null;
}

/** Weights that are encoded at a time. */
const CHUNK = 2 ** 20;

/** A tensor in another type, some rows at a time, and the square error of what a block format loses over Σ w². */
async function encodeRows(
  info: TensorInfo,
  read: ReadSlice,
  dtype: DType | QuantFormatName,
  shift: number,
  options: GgufExportOptions,
): Promise<{ readonly encoded: Uint8Array; readonly error: number }> {
  const columns = info.shape.at(-1) ?? 1;
  const rows = columns === 0 ? 0 : info.shape.reduce((size, n) => size * n, 1) / columns;
  const storedRow = rowBytes(info.name, info.dtype, columns);
  const encodedRow = rowBytes(info.name, dtype, columns);
  const encoded = new Uint8Array(rows * encodedRow);
  const atOnce = Math.max(1, Math.floor(CHUNK / columns));
  let [lost, energy] = [0, 0];
  for (let row = 0; row < rows; row += atOnce) {
    const end = Math.min(row + atOnce, rows);
    const values = decodeStored(info.name, info, await read(row * storedRow, end * storedRow));
    if (shift !== 0) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) + shift;
    const part = encodeAs(dtype, values, columns, options);
    encoded.set(part, row * encodedRow);
    if (!isQuantFormat(dtype)) continue;
    const written = dequantize(dtype, part);
    values.forEach((value, i) => {
      lost += (value - (written[i] ?? 0)) ** 2;
      energy += value * value;
    });
  }
  return { encoded, error: energy === 0 ? 0 : lost / energy };
}

function rowBytes(path: string, dtype: TensorInfo["dtype"], columns: number): number {
  if (isQuantFormat(dtype)) return quantRowBytes(dtype, columns);
  if (isDType(dtype)) return columns * dtypes[dtype].bytes;
  throw new GgufError(path, `is stored as ${dtype}, which cannot be read; convert the checkpoint`);
}

function decodeStored(path: string, { dtype }: TensorInfo, stored: Uint8Array): Float32Array {
  if (isQuantFormat(dtype)) return dequantize(dtype, stored);
  if (!isDType(dtype)) throw new GgufError(path, `is stored as ${dtype}, which cannot be read; convert the checkpoint`);
  const { bytes, view, decode } = dtypes[dtype];
  return Float32Array.from(view(stored.buffer, stored.byteOffset, stored.length / bytes), decode);
}

function encodeAs(
  dtype: DType | QuantFormatName,
  values: Float32Array,
  columns: number,
  { method }: GgufExportOptions,
): Uint8Array {
  if (isQuantFormat(dtype)) return quantize(dtype, values, columns, method ? { method } : {});
  const { bytes, view, encode } = dtypes[dtype];
  const elements = view(new ArrayBuffer(values.length * bytes), 0, values.length);
  for (let i = 0; i < values.length; i++) elements[i] = encode(values[i] ?? 0);
  return new Uint8Array(elements.buffer);
}

/** A file must not say less than the config: what a reader makes of it is compared before anything is written. */
async function checkReadsBack(config: DecoderConfig, { metadata, tensors }: GgufModel): Promise<void> {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const scalars = [...metadata].filter((entry): entry is [string, GgufScalar] => entry[1].type !== "array");
  const read = await ggufConfig({
    name: "GGUF file",
    metadata: new GgufMetadata("GGUF file", new Map(scalars)),
    has: (name) => byName.has(name),
    info: (name) => ({ name, dtype: "f32", shape: byName.get(name)?.shape ?? [], storedBytes: 0 }),
    readBytes: async (name) => {
      const bytes = byName.get(name)?.bytes;
      return typeof bytes === "function" ? bytes() : (bytes ?? new Uint8Array(0));
    },
  });
  const difference = firstDifference(comparable(config), comparable(DecoderConfig.fromJSON(read)));
  if (difference !== null)
    throw new GgufError(
      `model_type ${config.modelType}`,
      `cannot be written as GGUF: ${difference.path} is ${difference.given}, a reader of the file would take ${difference.read}; keep it as safetensors`,
      { ...difference },
    );
}

/** The knobs that decide what is computed. Pairing goes with the order of rows; the two plain norms are one in f32. */
function comparable({ knobs }: DecoderConfig): object {
  const { rope, norm, qkNorm, weights: _, ...rest } = knobs;
  const mode = "weightMode" in norm && norm.weightMode === "one-plus" ? "one-plus" : "plain";
  const { sets, setOf, rotaryDim, context } = rope;
  return {
    ...rest,
    norm: { kind: norm.kind, eps: norm.eps, mode },
    qkNorm: qkNorm.kind,
    rope: { sets, setOf, rotaryDim, context },
  };
}
