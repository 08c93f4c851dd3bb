import type { QuantFormatName } from "../contract/operand.ts";
import { quantFormats } from "./formats/index.ts";
import { runCount } from "./row-bytes.ts";

/**
 * The weights of a matrix in blocks, exactly as ggml reads them.
 *
 * @throws QuantError when the bytes are not whole blocks
 * @example
 * const values = dequantize("q8_0", quantize("q8_0", new Float32Array(32).fill(127), 32));
 * console.log(values[0]); // 127
 */
export function dequantize(format: QuantFormatName, bytes: Uint8Array): Float32Array {
  const { blockSize, blockBytes, dequantizeRow } = quantFormats[format];
  const blocks = runCount(format, bytes.length, blockBytes, "bytes");
  const out = new Float32Array(blocks * blockSize);
  dequantizeRow(bytes, out);
  return out;
}
