import { dtypes, isDType, isFloat, PART_ROWS, type DType, type QuantFormatName } from "@helium-lm/tensor";
import { dequantize, isQuantFormat, quantize, quantRowBytes } from "@helium-lm/tensor/quant";
import { convertStored } from "./convert-stored.ts";
import { WeightsError } from "./errors.ts";
import { readParts, type PartsToRead, type TensorInfo } from "./io/index.ts";

/** Weights quantised between two looks at the clock. */
const CHUNK = 2 ** 17;

/** Longest stretch of work, in milliseconds, before other tasks (timers, a progress bar, an abort) get their turn. */
const STRETCH = 40;

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
): AsyncGenerator<Uint8Array> {
  if (info.dtype === format) yield* storedParts(info, reading);
  else if (!isQuantFormat(info.dtype) && !(isDType(info.dtype) && isFloat(info.dtype)))
    throw new WeightsError(info.name, `holds ${info.dtype}, which is not quantised; expected f32, f16 or bf16`, {
      given: info.dtype,
    });
  else for await (const stored of storedParts(info, reading)) yield* quantised(info, stored, format, reading.signal);
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

/** The rows of a part as one part of blocks, with a pause where that takes long. */
async function* quantised(
  { name, dtype, shape }: TensorInfo,
  stored: Uint8Array,
  format: QuantFormatName,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const columns = shape[1] ?? 0;
  const storedRow = storedRowBytes({ name, dtype, shape, storedBytes: 0 });
  const rowBytes = quantRowBytes(format, columns);
  const rows = stored.length / storedRow;
  const atOnce = Math.max(1, Math.floor(CHUNK / columns));
  const blocks = new Uint8Array(rows * rowBytes);
  let resumed = performance.now();
  for (let row = 0; row < rows; row += atOnce) {
    const chunk = stored.subarray(row * storedRow, Math.min(row + atOnce, rows) * storedRow);
    const values = isQuantFormat(dtype)
      ? dequantize(dtype, chunk)
      : (convertStored(name, dtype, chunk, () => "f32").elements as Float32Array);
    blocks.set(quantize(format, values, columns), row * rowBytes);
    if (performance.now() - resumed < STRETCH) continue;
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    resumed = performance.now();
  }
  yield blocks;
}
