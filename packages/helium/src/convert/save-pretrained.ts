import {
  ArgumentError,
  checkOptionNames,
  isFloat,
  QuantMatrix,
  type DType,
  type OptionNames,
  type Tensor,
} from "@helium-lm/tensor";
import { convertElements, type Matrix, type TensorToWrite } from "@helium-lm/nn";
import { snakeCase } from "../camel-case.ts";
import type { GenerationConfig } from "../generation/index.ts";
import type { DecoderConfig } from "../config/index.ts";
import { familyOrder, inFamilyOrder } from "./rotary-row-order.ts";
import { describeValue } from "../given-values.ts";

export interface SaveOptions {
  /** Largest weights file in bytes; more are written as shards with an index. Default 5 GB. */
  readonly maxShardSize?: number;
}

const saveOptions: OptionNames<SaveOptions> = { maxShardSize: true };

/** The shard size asked for. @throws ArgumentError for unknown options and for what is not a size */
export function shardSizeOf(options: SaveOptions): number | undefined {
  checkOptionNames("savePretrained", options, saveOptions);
  const { maxShardSize } = options;
  if (maxShardSize !== undefined && !(maxShardSize > 0))
    throw new ArgumentError("maxShardSize", `is ${describeValue(maxShardSize)}; expected bytes > 0`, {
      given: maxShardSize,
    });
  return maxShardSize;
}

/** What is saved of a model. */
export interface SavedModel {
  readonly config: DecoderConfig;
  readonly generationConfig?: GenerationConfig;
  readonly tensors: Iterable<readonly [string, Matrix]>;
}

/**
 * Writes config.json, the weights and, where there is one, generation_config.json into a folder, in the layout of
 * transformers' `save_pretrained`. No file appears under its name before it is whole.
 *
 * Matrices keep the dtype they are stored in, quantised ones become f32 (safetensors has no block formats); vectors, which
 * are held as f32, go back to the dtype of the matrices. A model whose rows of q and k lie otherwise than its family's (read
 * from a GGUF file) is written in the family's order.
 *
 * @throws NodeOnlyError in a page
 */
export async function saveModel(folder: string, model: SavedModel, options: SaveOptions = {}): Promise<void> {
  const maxShardSize = shardSizeOf(options);
  const { writeFileAtomically, writeSafetensorsFolder } = await import("@helium-lm/nn/io/node");
  const tensors = [...model.tensors];
  const matrixDType = tensors.map(([, t]) => matrixDTypeOf(t)).find((dtype) => dtype !== null) ?? "f32";
  const order = familyOrder(model.config);
  const writable = tensors.map(([name, t]) => order(toWrite(name, t, matrixDType)));
  await writeSafetensorsFolder(folder, writable, { ...(maxShardSize && { maxShardSize }) });
  const writeText = (name: string, text: string): Promise<void> =>
    writeFileAtomically(`${folder}/${name}`, (write) => write(new TextEncoder().encode(text)));
  await writeText("config.json", inFamilyOrder(model.config).toJSONString());
  if (model.generationConfig) {
    const fields = Object.entries(model.generationConfig).filter(([, value]) => value !== null && value !== undefined);
    const sorted = fields.map(([key, value]) => [snakeCase(key), value] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    await writeText("generation_config.json", `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}

/** Null for vectors and for what is not a float. */
function matrixDTypeOf(t: Matrix): DType | null {
  if (t instanceof QuantMatrix) return "f32";
  return t.rank > 1 && isFloat(t.dtype) ? t.dtype : null;
}

function toWrite(name: string, t: Matrix, vectorDType: DType): TensorToWrite {
  if (t instanceof QuantMatrix)
    return { name, dtype: "f32", shape: t.shape, bytes: async () => new Uint8Array((await t.data()).buffer) };
  const dtype = t.rank > 1 ? t.dtype : vectorDType;
  return { name, dtype, shape: t.shape, bytes: () => bytesAs(t, dtype) };
}

/** The elements of a tensor in the wanted dtype, as bytes. */
async function bytesAs(t: Tensor, dtype: DType): Promise<Uint8Array> {
  const { buffer, byteOffset, byteLength } = convertElements(await t.stored(), t.dtype, dtype);
  return new Uint8Array(buffer, byteOffset, byteLength);
}
