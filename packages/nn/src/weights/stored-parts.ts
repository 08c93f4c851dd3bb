import { dtypes, isDType, isFloat, PART_ROWS, type DType, type QuantFormatName } from "@helium-lm/tensor";
import {
  dequantize,
  isQuantFormat,
  quantRowBytes,
  type ParallelQuantizer,
  type QuantizedRows,
} from "@helium-lm/tensor/quant";
import { convertStored } from "./convert-stored.ts";
import { WeightsError } from "../errors.ts";
import type { PartsToRead, ReadSlice, TensorInfo } from "../io/index.ts";

/**
 * A matrix of a checkpoint as it is to be read: some rows at a time.
 *
 * @throws WeightsError for a stored type that no tensor holds
 */
export function storedParts(info: TensorInfo, read: ReadSlice): PartsToRead {
  const rowBytes = storedRowBytes(info);
  const rows = info.shape.slice(0, -1).reduce((count, n) => count * n, 1);
  return { read, bytes: rows * rowBytes, unit: Math.max(1, PART_ROWS * rowBytes) };
}

/**
 * Blocks of a matrix, from the parts of its bytes in a checkpoint (floats, or blocks of this or another format). The blocks
 * throw QuantError for weights that are not finite, and the signal's reason when aborted.
 *
 * @throws WeightsError for integers
 */
export function blockParts(
  info: TensorInfo,
  format: QuantFormatName,
  stored: AsyncIterable<Uint8Array>,
  quantizer: ParallelQuantizer,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { dtype: from } = info;
  if (from === format) return stored;
  if (!isQuantFormat(from) && !(isDType(from) && isFloat(from)))
    throw new WeightsError(info.name, `holds ${from}, which is not quantised; expected f32, f16 or bf16`, {
      given: from,
    });
  const [rows = 0, columns = 0] = info.shape;
  return blocksOf(quantizer.quantize(stored, { from, format, rows, columns }, signal));
}

async function* blocksOf(quantised: AsyncIterable<QuantizedRows>): AsyncGenerator<Uint8Array> {
  for await (const { blocks } of quantised) yield blocks;
}

/** Elements of a matrix in a dtype, from the parts of its bytes in a checkpoint. */
export function elementParts(
  info: TensorInfo,
  dtype: DType,
  stored: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  return info.dtype === dtype ? stored : converted(info, dtype, stored);
}

async function* converted(
  info: TensorInfo,
  dtype: DType,
  stored: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const part of stored) {
    const [from, plain] = isQuantFormat(info.dtype)
      ? ["f32", new Uint8Array(dequantize(info.dtype, part).buffer)]
      : [info.dtype, part];
    const { elements } = convertStored(info.name, from, plain, () => dtype);
    yield new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  }
}

/** Bytes of a row as the checkpoint's reader gives it. */
function storedRowBytes({ name, dtype, shape }: TensorInfo): number {
  const columns = shape.at(-1) ?? 1;
  if (isQuantFormat(dtype)) return quantRowBytes(dtype, columns);
  if (isDType(dtype)) return columns * dtypes[dtype].bytes;
  throw new WeightsError(name, `is stored as ${dtype}, which no tensor can hold; convert the file`, { given: dtype });
}
