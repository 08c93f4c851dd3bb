import type { QuantFormatName } from "../../contract/operand.ts";
import { dtypes, type DType } from "../../dtypes/dtype.ts";
import { dequantize } from "../dequantize.ts";
import type { QuantMethod } from "../format.ts";
import { isQuantFormat } from "../formats/index.ts";
import { quantize } from "../quantize.ts";

/** Rows as a checkpoint stores them, and what they are to become. */
export interface RowsToQuantize {
  readonly stored: Uint8Array;
  readonly from: DType | QuantFormatName;
  readonly format: QuantFormatName;
  readonly columns: number;
  /** Number of the first row in its matrix. */
  readonly firstRow: number;
  readonly method: QuantMethod | undefined;
  /** Whether the error is asked for: it takes reading the blocks back. */
  readonly measured: boolean;
}

export interface QuantizedRows {
  readonly blocks: Uint8Array<ArrayBuffer>;
  /** `Σ(x − x̂)²` where it was asked for, else 0. */
  readonly lost: number;
  /** `Σx²` where the error was asked for, else 0. */
  readonly energy: number;
}

/** One job of a worker, or of the calling thread. @throws QuantError as `quantize` */
export function quantizeRows(rows: RowsToQuantize): QuantizedRows {
  const { format, columns, firstRow, method, measured } = rows;
  const values = decoded(rows);
  const blocks = quantize(format, values, columns, { firstRow, ...(method && { method }) });
  return { blocks, ...(measured ? errorOf(values, dequantize(format, blocks)) : { lost: 0, energy: 0 }) };
}

function decoded({ stored, from }: RowsToQuantize): Float32Array {
  if (isQuantFormat(from)) return dequantize(from, stored);
  const { bytes, view, decode } = dtypes[from];
  const aligned = stored.byteOffset % bytes === 0 ? stored : stored.slice();
  const elements = view(aligned.buffer, aligned.byteOffset, aligned.length / bytes);
  if (elements instanceof Float32Array) return elements;
  const values = new Float32Array(elements.length);
  for (let i = 0; i < values.length; i++) values[i] = decode(elements[i]);
  return values;
}

function errorOf(values: Float32Array, written: Float32Array): Omit<QuantizedRows, "blocks"> {
  let lost = 0;
  let energy = 0;
  for (let i = 0; i < values.length; i++) {
    lost += (values[i] - written[i]) ** 2;
    energy += values[i] * values[i];
  }
  return { lost, energy };
}
