import { dtypes, isDType, isFloat, type QuantFormatName } from "@helium-lm/tensor";
import { dequantize, isQuantFormat, quantize, quantRowBytes } from "@helium-lm/tensor/quant";
import { convertStored } from "./convert-stored.ts";
import { WeightsError } from "./errors.ts";
import type { ReadSlice, TensorInfo } from "./io/index.ts";

/** Weights quantised between two looks at the clock. */
const CHUNK = 2 ** 17;

/** Bytes read at a time. */
const SLICE = 2 ** 24;

/** Longest stretch of work, in milliseconds, before other tasks (timers, a progress bar, an abort) get their turn. */
const STRETCH = 40;

/**
 * Blocks of a matrix, from its bytes in a checkpoint (floats, or blocks of another format). Goes through the rows a few at
 * a time, so that beside the blocks only a little is held.
 *
 * @throws QuantError for weights that are not finite, WeightsError for a stored type that no tensor holds; the signal's
 *   reason when aborted
 */
export async function quantizeStored(
  { name, dtype, shape }: TensorInfo,
  read: ReadSlice,
  format: QuantFormatName,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const [rows = 0, columns = 0] = shape;
  const storedRow = storedRowBytes(dtype, columns, name);
  if (dtype === format) return read(0, rows * storedRow);
  const rowBytes = quantRowBytes(format, columns);
  const blocks = new Uint8Array(rows * rowBytes);
  const perSlice = Math.max(1, Math.floor(SLICE / storedRow));
  const atOnce = Math.max(1, Math.floor(CHUNK / columns));
  let resumed = performance.now();
  for (let first = 0; first < rows; first += perSlice) {
    const last = Math.min(first + perSlice, rows);
    const slice = await read(first * storedRow, last * storedRow);
    for (let row = first; row < last; row += atOnce) {
      const end = Math.min(row + atOnce, last);
      const stored = slice.subarray((row - first) * storedRow, (end - first) * storedRow);
      blocks.set(quantize(format, decodeRows(name, dtype, stored), columns), row * rowBytes);
      if (performance.now() - resumed < STRETCH) continue;
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      resumed = performance.now();
    }
  }
  return blocks;
}

/** Bytes of a row as the checkpoint's reader gives it. */
function storedRowBytes(dtype: TensorInfo["dtype"], columns: number, name: string): number {
  if (isQuantFormat(dtype)) return quantRowBytes(dtype, columns);
  if (isDType(dtype) && isFloat(dtype)) return columns * dtypes[dtype].bytes;
  throw new WeightsError(name, `holds ${dtype}, which is not quantised; expected f32, f16 or bf16`, { given: dtype });
}

function decodeRows(name: string, dtype: TensorInfo["dtype"], bytes: Uint8Array): Float32Array {
  if (isQuantFormat(dtype)) return dequantize(dtype, bytes);
  return convertStored(name, dtype, bytes, () => "f32").elements as Float32Array;
}
