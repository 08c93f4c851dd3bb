import type { QuantOperand } from "../../contract/operand.ts";
import { quantFormats } from "../../quant/formats/index.ts";
import { quantRowBytes } from "../../quant/row-bytes.ts";
import { arrayOf } from "./host-memory.ts";

/** Dequantises rows of a matrix kept as blocks: `count` rows from `first` on, to the start of `out`. */
export type RowReader = (out: Float32Array, first: number, count: number) => void;

export function rowReader({ handle, format, firstRow, columns }: QuantOperand): RowReader {
  const bytes = arrayOf(handle) as Uint8Array;
  const rowBytes = quantRowBytes(format, columns);
  const { dequantizeRow } = quantFormats[format];
  return (out, first, count) => {
    const begin = (firstRow + first) * rowBytes;
    dequantizeRow(bytes.subarray(begin, begin + count * rowBytes), out.subarray(0, count * columns));
  };
}
