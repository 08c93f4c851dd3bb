import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { dtypes, isDType, isFloat, type DType } from "@helium-lm/tensor";
import { dequantize, isQuantFormat } from "@helium-lm/tensor/quant";
import {
  CheckpointError,
  convertElements,
  convertStored,
  type CheckpointReader,
  type TensorInfo,
  type TensorToWrite,
} from "@helium-lm/nn";
import { writeFileAtomically, writeSafetensorsFolder } from "@helium-lm/nn/io/node";
import { familyOrder, inFamilyOrder } from "./rotary-row-order.ts";
import { readText, type ModelSource } from "../sources/index.ts";
import { loadConfig } from "../loading/load-model.ts";
import { countedReader, type BytesListener } from "./counted-reader.ts";
import { OutputError } from "./output-path.ts";

export interface FolderWriteOptions {
  /** Of the matrices; "auto", the default, keeps floats as they are and makes quantised ones f32. */
  readonly dtype?: "auto" | FloatName;
  /** Told of the bytes read so far, and of all. */
  readonly onBytes?: BytesListener;
  readonly signal?: AbortSignal;
}

type FloatName = "f32" | "f16" | "bf16";

export interface FolderWriteReport {
  /** Names of the files written. */
  readonly files: readonly string[];
  readonly tensors: readonly { readonly name: string; readonly dtype: DType; readonly shape: readonly number[] }[];
  /** Bytes of the tensors, before and after. */
  readonly bytes: { readonly input: number; readonly output: number };
}

/** Texts that are kept where the source has them. */
const texts = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"];

const configDTypes: Readonly<Record<FloatName, "float32" | "float16" | "bfloat16">> = {
  f32: "float32",
  f16: "float16",
  bf16: "bfloat16",
};

/**
 * Writes a model as a folder with config.json, safetensors and tokenizer files, a tensor at a time and with the rows of q
 * and k in the family's order. Vectors, which a GGUF file holds as f32, take the matrices' dtype where that loses nothing.
 * No file appears before it is whole; a folder that was made for it goes away when something fails. Node only.
 *
 * @throws CheckpointError, ByteSourceError, ConfigError
 * @example
 * const source = await modelSource("models/helium-nano");
 * const { files } = await writeModelFolder(source, path, { dtype: "f16" });
 * console.log(files.slice(0, 2)); // [ 'model.safetensors', 'config.json' ]
 * const tokenizer = await AutoTokenizer.fromPretrained(path);
 */
export async function writeModelFolder(
  source: ModelSource,
  folder: string,
  { dtype = "auto", onBytes = () => undefined, signal }: FolderWriteOptions = {},
): Promise<FolderWriteReport> {
  const config = await loadConfig(source);
  const reader = countedReader(await source.openWeights(), onBytes, signal);
  let made: string | undefined;
  try {
    made = await makeFolder(folder);
    const matrixDType = commonDType(reader, dtype);
    const order = familyOrder(config);
    const tensors: TensorToWrite[] = [];
    for (const name of reader.names()) tensors.push(order(await toWrite(reader, name, dtype, matrixDType)));
    const written = [...(await writeSafetensorsFolder(folder, tensors))];
    const write = async (name: string, text: string): Promise<void> => {
      await writeFileAtomically(join(folder, name), (sink) => sink(new TextEncoder().encode(text)));
      written.push(name);
    };
    await write("config.json", inFamilyOrder(config).with({ dtype: configDTypes[matrixDType] }).toJSONString());
    for (const name of texts) {
      const text = await readText(source, name);
      if (text !== null) await write(name, text);
    }
    return {
      files: written,
      tensors: tensors.map(({ name, dtype: used, shape }) => ({ name, dtype: used, shape })),
      bytes: {
        input: sum(reader.names().map((name) => reader.info(name).storedBytes)),
        output: sum(tensors.map(({ dtype: used, shape }) => shape.reduce((size, n) => size * n, dtypes[used].bytes))),
      },
    };
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
    throw error;
  } finally {
    await reader.close();
  }
}

/** Returns the outermost folder that was made for it, undefined where all are there. */
async function makeFolder(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OutputError(path, `cannot be created (${reason}); give another name`, {}, { cause });
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const isFloatName = (dtype: string): dtype is FloatName => Object.hasOwn(configDTypes, dtype);

/** What most of the matrices become: the dtype of the config. */
function commonDType(reader: CheckpointReader, wanted: "auto" | FloatName): FloatName {
  const elements = new Map<FloatName, number>();
  for (const name of reader.names()) {
    const { dtype, shape } = reader.info(name);
    const made = wanted !== "auto" ? wanted : isFloatName(dtype) ? dtype : "f32";
    if (shape.length > 1) elements.set(made, (elements.get(made) ?? 0) + shape.reduce((size, n) => size * n, 1));
  }
  return [...elements].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "f32";
}

async function toWrite(
  reader: CheckpointReader,
  name: string,
  wanted: "auto" | FloatName,
  matrixDType: FloatName,
): Promise<TensorToWrite> {
  const info = reader.info(name);
  const { shape } = info;
  const stored = isQuantFormat(info.dtype) ? "f32" : info.dtype;
  if (!isDType(stored))
    throw new CheckpointError(name, `is stored as ${stored}, which is not supported; requantise the file to q8_0`, {
      given: stored,
    });
  if (!isFloat(stored)) return { name, dtype: stored, shape, bytes: () => reader.readBytes(name) };
  const dtype = wanted === "auto" ? stored : wanted;
  if (shape.length > 1)
    return { name, dtype, shape, bytes: async () => converted(info, await reader.readBytes(name), dtype) };
  // Small, so that it may be looked at before anything is written.
  const bytes = await reader.readBytes(name);
  const narrow = converted(info, bytes, matrixDType);
  return isSame(converted(info, bytes, "f32"), converted({ ...info, dtype: matrixDType }, narrow, "f32"))
    ? { name, dtype: matrixDType, shape, bytes: narrow }
    : { name, dtype: stored, shape, bytes };
}

/** The elements in another dtype, rounded to nearest even. */
function converted(
  { name, dtype: stored }: Pick<TensorInfo, "name" | "dtype">,
  bytes: Uint8Array,
  dtype: DType,
): Uint8Array {
  if (stored === dtype) return bytes;
  const elements = isQuantFormat(stored)
    ? convertElements(dequantize(stored, bytes), "f32", dtype)
    : convertStored(name, stored, bytes, () => dtype).elements;
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
