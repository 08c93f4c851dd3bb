import { dtypes, isDType, PART_ROWS, type DType, type QuantFormatName } from "@helium-lm/tensor";
import {
  dequantize,
  isQuantFormat,
  quantRowBytes,
  type ParallelQuantizer,
  type QuantMethod,
} from "@helium-lm/tensor/quant";
import { GgufError, type ReadAhead, type ReadSlice, type TensorInfo } from "@helium-lm/nn";

/** A tensor as a file is to hold it. */
export interface EncodedTensor {
  readonly encoded: Uint8Array;
  /** `Σ(x − x̂)² / Σx²` where a block format loses something, else 0. */
  readonly error: number;
}

/** What encodes the tensors of an export, one at a time. */
export interface Encoding {
  readonly quantizer: ParallelQuantizer;
  readonly ahead: ReadAhead;
  readonly method?: QuantMethod | undefined;
}

/** A tensor in another type, some rows at a time. @param shift added to every number that is kept as a float */
export async function encodeRows(
  info: TensorInfo,
  read: ReadSlice,
  dtype: DType | QuantFormatName,
  shift: number,
  { quantizer, ahead, method }: Encoding,
): Promise<EncodedTensor> {
  const columns = info.shape.at(-1) ?? 1;
  const rows = columns === 0 ? 0 : info.shape.reduce((size, n) => size * n, 1) / columns;
  const { dtype: from } = info;
  if (!isQuantFormat(from) && !isDType(from))
    throw new GgufError(info.name, `is stored as ${from}, which cannot be read; convert the checkpoint`);
  const storedRow = rowBytes(from, columns);
  const encoded = new Uint8Array(rows * rowBytes(dtype, columns));
  const parts = ahead.parts({ read, bytes: rows * storedRow, unit: Math.max(1, PART_ROWS * storedRow) });
  let [at, lost, energy] = [0, 0, 0];
  const put = (bytes: Uint8Array): void => {
    encoded.set(bytes, at);
    at += bytes.length;
  };
  if (isQuantFormat(dtype)) {
    const matrix = { from, format: dtype, rows, columns, ...(method && { method }), measured: true };
    for await (const part of quantizer.quantize(parts, matrix)) {
      put(part.blocks);
      lost += part.lost;
      energy += part.energy;
    }
  } else for await (const part of parts) put(encodedAs(dtype, decoded(from, part), shift));
  return { encoded, error: energy === 0 ? 0 : lost / energy };
}

const rowBytes = (dtype: DType | QuantFormatName, columns: number): number =>
  isQuantFormat(dtype) ? quantRowBytes(dtype, columns) : columns * dtypes[dtype].bytes;

function decoded(from: DType | QuantFormatName, stored: Uint8Array): Float32Array {
  if (isQuantFormat(from)) return dequantize(from, stored);
  const { bytes, view, decode } = dtypes[from];
  return Float32Array.from(view(stored.buffer, stored.byteOffset, stored.length / bytes), decode);
}

function encodedAs(dtype: DType, values: Float32Array, shift: number): Uint8Array {
  const { bytes, view, encode } = dtypes[dtype];
  const elements = view(new ArrayBuffer(values.length * bytes), 0, values.length);
  for (let i = 0; i < values.length; i++) elements[i] = encode(Math.fround((values[i] ?? 0) + shift));
  return new Uint8Array(elements.buffer);
}
