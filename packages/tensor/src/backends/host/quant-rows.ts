import type { QuantOperand } from "../../contract/operand.ts";
import { quantFormats } from "../../quant/formats/index.ts";
import { quantRowBytes } from "../../quant/row-bytes.ts";
import { arrayOf } from "./host-memory.ts";
import { ArgumentError } from "../../errors.ts";
import type { Kernel } from "../../contract/kernels.ts";

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

/** For backends that keep blocks in host memory. @throws ArgumentError before anything is written */
export const gatherQuant: Kernel<"gatherQuant"> = (out, { table, indices }) => {
  const source = arrayOf(indices.handle);
  const [count] = indices.layout.shape;
  const [stride] = indices.layout.strides;
  const pick = (n: number): number => source[indices.layout.offset + n * stride];
  const { rows, columns } = table;
  for (let n = 0; n < count; n++) {
    const at = pick(n);
    if (at < 0 || at >= rows)
      throw new ArgumentError("gatherQuant", `index ${at} at position ${n} is outside [0, ${rows})`, {
        index: at,
        rows,
      });
  }
  const readRows = rowReader(table);
  const target = arrayOf(out.handle) as Float32Array;
  for (let n = 0; n < count; n++) readRows(target.subarray(out.layout.offset + n * columns), pick(n), 1);
};
