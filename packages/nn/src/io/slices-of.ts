import type { CheckpointReader } from "./checkpoint-reader.ts";

/** Bytes `begin … end` of a tensor. */
export type ReadSlice = (begin: number, end: number) => Promise<Uint8Array>;

/** Reads a tensor in slices, or whole at the first one where the reader cannot do that. */
export function slicesOf(reader: CheckpointReader, name: string): ReadSlice {
  const read = reader.readSlice?.bind(reader);
  if (read) return (begin, end) => read(name, begin, end);
  let whole: Promise<Uint8Array> | undefined;
  return async (begin, end) => (await (whole ??= reader.readBytes(name))).subarray(begin, end);
}
