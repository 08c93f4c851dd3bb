import { dtypes, isDType, isFloat, PART_ROWS, type DType, type QuantFormatName } from "@helium-lm/tensor";
import { dequantize, isQuantFormat, quantRowBytes, type ParallelQuantizer } from "@helium-lm/tensor/quant";
import { convertStored } from "./convert-stored.ts";
import { WeightsError } from "./errors.ts";
import { readParts, type PartsToRead, type TensorInfo } from "./io/index.ts";

/** How a matrix is read: all but its size, which its info tells. */
export type MatrixReading = Omit<PartsToRead, "bytes" | "unit">;

/**
 * Blocks of a matrix, from its bytes in a checkpoint (floats, or blocks of this or another format), some rows at a time.
 *
 * @throws QuantError for weights that are not finite, WeightsError for a stored type that no tensor holds; the signal's
 *   reason when aborted
 */
export async function* blockParts(
  info: TensorInfo,
  format: QuantFormatName,
  reading: MatrixReading,
  quantizer: ParallelQuantizer,
): AsyncGenerator<Uint8Array> {
  const { dtype: from } = info;
  if (from === format) yield* storedParts(info, reading);
  else if (!isQuantFormat(from) && !(isDType(from) && isFloat(from)))
    throw new WeightsError(info.name, `holds ${from}, which is not quantised; expected f32, f16 or bf16`, {
      given: from,
    });
  else {
    const [rows = 0, columns = 0] = info.shape;
    const quantised = quantizer.quantize(storedParts(info, reading), { from, format, rows, columns }, reading.signal);
    for await (const { blocks } of quantised) yield blocks;
  }
}

/** Elements of a matrix in a dtype, from its bytes in a checkpoint, some rows at a time. @throws as `blockParts` */
export async function* elementParts(
  info: TensorInfo,
  dtype: DType,
  reading: MatrixReading,
): AsyncGenerator<Uint8Array> {
  for await (const stored of storedParts(info, reading)) {
    if (info.dtype === dtype) {
      yield stored;
      continue;
    }
    const [from, plain] = isQuantFormat(info.dtype)
      ? ["f32", new Uint8Array(dequantize(info.dtype, stored).buffer)]
      : [info.dtype, stored];
    const { elements } = convertStored(info.name, from, plain, () => dtype);
    yield new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  }
}

/** Bytes of a row as the checkpoint's reader gives it. */
function storedRowBytes({ name, dtype, shape }: TensorInfo): number {
  const columns = shape.at(-1) ?? 1;
  if (isQuantFormat(dtype)) return quantRowBytes(dtype, columns);
  if (isDType(dtype)) return columns * dtypes[dtype].bytes;
  throw new WeightsError(name, `is stored as ${dtype}, which no tensor holds; convert the file`, { given: dtype });
}

function storedParts(info: TensorInfo, reading: MatrixReading): AsyncGenerator<Uint8Array> {
  const rowBytes = storedRowBytes(info);
  const rows = info.shape.slice(0, -1).reduce((count, n) => count * n, 1);
  return readParts({ ...reading, bytes: rows * rowBytes, unit: Math.max(1, PART_ROWS * rowBytes) });
}
