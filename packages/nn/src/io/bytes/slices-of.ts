import { dtypes, isDType, sizeOf } from "@helium-lm/tensor";
import type { CheckpointReader, TensorInfo } from "../checkpoint-reader.ts";

/** Bytes `begin … end` of a tensor, at the start of `into` where it is given and can be read into. */
export type ReadSlice = (begin: number, end: number, into?: Uint8Array) => Promise<Uint8Array>;

/** Reads a tensor in slices, or whole at the first one where the reader cannot do that or converts while it reads. */
export function slicesOf(reader: CheckpointReader, name: string): ReadSlice {
  const read = isConverted(reader.info(name)) ? undefined : reader.readSlice?.bind(reader);
  if (read) return (begin, end, into) => read(name, begin, end, into);
  let whole: Promise<Uint8Array> | undefined;
  return async (begin, end) => (await (whole ??= reader.readBytes(name))).subarray(begin, end);
}

const isConverted = ({ dtype, shape, storedBytes }: TensorInfo): boolean =>
  isDType(dtype) && storedBytes !== sizeOf(shape) * dtypes[dtype].bytes;
