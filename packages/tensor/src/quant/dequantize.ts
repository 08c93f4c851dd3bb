import type { QuantFormatName } from "../contract/operand.ts";
import { quantFormats } from "./formats/index.ts";
import { runCount } from "./row-bytes.ts";

/**
 * The weights of a matrix in blocks, exactly as ggml reads them.
 *
 * @throws QuantError when the bytes are not whole blocks
 */
export function dequantize(format: QuantFormatName, bytes: Uint8Array): Float32Array {
  const { blockSize, blockBytes, dequantizeRow } = quantFormats[format];
  const blocks = runCount(format, bytes.length, blockBytes, "bytes");
  const out = new Float32Array(blocks * blockSize);
  dequantizeRow(bytes, out);
  return out;
}
