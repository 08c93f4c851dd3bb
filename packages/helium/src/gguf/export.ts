import { checkedDType, checkOptionNames, isDType, type DTypeAlias, type OptionNames } from "@helium-lm/tensor";
import { fittingFormat, isQuantFormat, ParallelQuantizer, type QuantMethod } from "@helium-lm/tensor/quant";
import {
  GgufError,
  GgufMetadata,
  matrixDTypes,
  ReadAhead,
  slicesOf,
  type CheckpointReader,
  type GgufMetadataToWrite,
  type GgufScalar,
  type GgufTensorToWrite,
  type MatrixDType,
  type TensorInfo,
} from "@helium-lm/nn";
import { DecoderConfig, type DecoderTraits } from "../config/index.ts";
import { reorderHeadRows } from "../convert/rotary-row-order.ts";
import { ggufConfig } from "./config-json.ts";
import { encodeRows, type Encoding } from "./encode-rows.ts";
import { architectureFor, ggufMetadata, ropeFactors } from "./export-metadata.ts";
import { jsonDifference } from "./json-difference.ts";
import { ggufTensorNames } from "./tensor-names.ts";

/** Storage of matrices in the file: `auto` keeps the checkpoint's. */
export type GgufDType = MatrixDType;

export interface GgufExportOptions {
  readonly dtype?: GgufDType | DTypeAlias<GgufDType>;
  /** Of the embedding and the head, which suffer most; default as `dtype`. */
  readonly embeddingDType?: GgufDType | DTypeAlias<GgufDType>;
  readonly method?: QuantMethod;
  /** Put behind the model's own metadata, e.g. `general.name` and a tokenizer. */
  readonly metadata?: GgufMetadataToWrite;
  /** Threads that quantise; default: the physical cores, at most 8. */
  readonly threads?: number;
  /** Called with each tensor when it is made. */
  readonly onTensor?: (event: GgufTensorReport) => void;
}

const exportOptions: OptionNames<GgufExportOptions> = {
  dtype: true,
  embeddingDType: true,
  method: true,
  metadata: true,
  threads: true,
  onTensor: true,
};

export interface GgufTensorReport {
  /** Name in the file. */
  readonly name: string;
  readonly dtype: GgufTensorToWrite["dtype"];
  readonly bytes: number;
  /** `Σ(x − x̂)² / Σx²` of a tensor that was quantised, else 0. */
  readonly error: number;
  /** Why one thread quantises although more were to; absent where that is not so. */
  readonly oneThread?: string;
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
 * @param reader paths as `config.traits.weights` names them
 * @throws GgufError for a family without an architecture, a config that the architecture cannot say (the message names the
 *   first such thing), or tensors that are missing
 */
export async function exportGguf(
  config: DecoderConfig,
  reader: CheckpointReader,
  options: GgufExportOptions = {},
): Promise<GgufModel> {
  checkOptionNames("exportGguf", options, exportOptions, GgufError);
  const dtypes = checkedDTypes(options);
  const [name, architecture] = architectureFor(config.modelType);
  const names = ggufTensorNames(config.traits);
  const missing = [...names.keys()].find((path) => !reader.has(path));
  if (missing !== undefined)
    throw new GgufError(missing, `is missing from the checkpoint; a ${name} file needs it`, { path: missing });
  const { method, threads } = options;
  const encoding = { quantizer: new ParallelQuantizer(threads), ahead: new ReadAhead(), method };
  const context = { config, reader, architecture, dtypes, onTensor: options.onTensor, encoding };
  const tensors = [...names].map(([path, gguf]) => exportTensor(path, gguf, context));
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
  readonly dtypes: WantedDTypes;
  readonly onTensor: GgufExportOptions["onTensor"];
  readonly encoding: Encoding;
}

function exportTensor(path: string, name: string, context: ExportContext): GgufTensorToWrite {
  const { config, reader, architecture, dtypes, onTensor, encoding } = context;
  const info = reader.info(path);
  const dtype = targetOf(name, info, dtypes);
  const shift = architecture.normsPlusOne === true && name.endsWith("norm.weight") ? 1 : 0;
  const heads = reorderedHeads(name, config.traits, architecture.pairing);
  const bytes = async (): Promise<Uint8Array> => {
    const isKept = info.dtype === dtype && shift === 0;
    const { encoded, error } = isKept
      ? { encoded: await reader.readBytes(path), error: 0 }
      : await encodeRows(info, slicesOf(reader, path), dtype, shift, encoding);
    // Rows are whole runs of blocks, so they can change places in any format.
    const group = { rows: info.shape[0] ?? 0, heads: heads ?? 1, rotaryDim: config.traits.rope.rotaryDim };
    const ordered = heads === null ? encoded : reorderHeadRows(encoded, group, architecture.pairing);
    const { refused } = encoding.quantizer;
    onTensor?.({ name, dtype, bytes: ordered.length, error, ...(refused !== null && { oneThread: refused }) });
    return ordered;
  };
  return { name, dtype, shape: info.shape, bytes };
}

interface WantedDTypes {
  readonly dtype: GgufDType;
  readonly embeddingDType: GgufDType;
}

/** @throws GgufError for what is not a dtype, with the nearest */
function checkedDTypes(options: GgufExportOptions): WantedDTypes {
  const dtype = checkedDType({ subject: "dtype" }, options.dtype ?? "auto", matrixDTypes, GgufError);
  const { embeddingDType = dtype } = options;
  return {
    dtype,
    embeddingDType: checkedDType({ subject: "embeddingDType" }, embeddingDType, matrixDTypes, GgufError),
  };
}

/** Vectors are f32, as llama.cpp asks for; matrices as wanted, or as their rows allow. */
function targetOf(name: string, info: TensorInfo, { dtype, embeddingDType }: WantedDTypes): GgufTensorToWrite["dtype"] {
  if (info.shape.length < 2 || name.endsWith("norm.weight")) return "f32";
  const isTable = name === "token_embd.weight" || name === "output.weight";
  const wanted = isTable ? embeddingDType : dtype;
  if (wanted === "auto") {
    if (isDType(info.dtype) || isQuantFormat(info.dtype)) return info.dtype;
    throw new GgufError(info.name, `is stored as ${info.dtype}, which cannot be read; convert the checkpoint`);
  }
  return isQuantFormat(wanted) ? (fittingFormat(wanted, info.shape.at(-1) ?? 0) ?? "bf16") : wanted;
}

/** Heads whose rows change places; null: the tensor is not of q or k, or the pairing is the file's already. */
function reorderedHeads(name: string, traits: DecoderTraits, pairing: DecoderTraits["rope"]["pairing"]): number | null {
  if (traits.rope.pairing === pairing) return null;
  if (/\.attn_q\.(?:weight|bias)$/.test(name)) return traits.numAttentionHeads;
  return /\.attn_k\.(?:weight|bias)$/.test(name) ? traits.numKeyValueHeads : null;
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
  const difference = jsonDifference(comparable(config), comparable(DecoderConfig.fromJSON(read)));
  if (difference !== null)
    throw new GgufError(
      `model_type ${config.modelType}`,
      `cannot be written as GGUF: ${difference.path} is ${difference.given}, but a reader of the file would take ${difference.read}; keep it as safetensors`,
      { ...difference },
    );
}

/** The traits that decide what is computed. Pairing goes with the order of rows; the two plain norms are one in f32. */
function comparable({ traits }: DecoderConfig): object {
  const { rope, norm, qkNorm, weights: _, ...rest } = traits;
  const mode = "weightMode" in norm && norm.weightMode === "one-plus" ? "one-plus" : "plain";
  const { sets, setOf, rotaryDim, context } = rope;
  return {
    ...rest,
    norm: { kind: norm.kind, eps: norm.eps, mode },
    qkNorm: qkNorm.kind,
    rope: { sets, setOf, rotaryDim, context },
  };
}
