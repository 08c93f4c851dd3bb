import { isDType, type QuantFormatName } from "@helium-lm/tensor";
import { dequantize, isQuantFormat, quantize, quantRowBytes } from "@helium-lm/tensor/quant";
import { convertStored } from "./convert-stored.ts";
import { WeightsError } from "./errors.ts";
import type { TensorInfo } from "./io/index.ts";

/** Weights quantised between two looks at the clock. */
const CHUNK = 2 ** 17;

/** Longest stretch of work, in milliseconds, before other tasks (timers, a progress bar, an abort) get their turn. */
const STRETCH = 40;

/**
 * Blocks of a matrix, from its bytes in a checkpoint (floats, or blocks of another format). Goes through the rows a few at
 * a time, so that beside the two byte arrays only a little is held.
 *
 * @throws QuantError for weights that are not finite, WeightsError for a stored type that no tensor holds; the signal's
 *   reason when aborted
 */
export async function quantizeStored(
  { name, dtype, shape }: TensorInfo,
  bytes: Uint8Array,
  format: QuantFormatName,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (dtype === format) return bytes;
  const [rows = 0, columns = 0] = shape;
  const storedRow = rows === 0 ? 0 : bytes.length / rows;
  const rowBytes = quantRowBytes(format, columns);
  const blocks = new Uint8Array(rows * rowBytes);
  const atOnce = Math.max(1, Math.floor(CHUNK / columns));
  let resumed = performance.now();
  for (let row = 0; row < rows; row += atOnce) {
    const count = Math.min(atOnce, rows - row);
    const values = decodeRows(name, dtype, bytes.subarray(row * storedRow, (row + count) * storedRow));
    blocks.set(quantize(format, values, columns), row * rowBytes);
    if (performance.now() - resumed < STRETCH) continue;
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    resumed = performance.now();
  }
  return blocks;
}

function decodeRows(name: string, dtype: TensorInfo["dtype"], bytes: Uint8Array): Float32Array {
  if (isQuantFormat(dtype)) return dequantize(dtype, bytes);
  if (isDType(dtype) && !["f32", "f16", "bf16"].includes(dtype))
    throw new WeightsError(name, `holds ${dtype}, which is not quantised; expected f32, f16 or bf16`, { given: dtype });
  return convertStored(name, dtype, bytes, () => "f32").elements as Float32Array;
}
