import type { CheckpointReader } from "@helium-lm/nn";

/** Bytes of tensors read so far, and of all that the checkpoint holds. */
export type BytesListener = (read: number, total: number) => void;

/**
 * The same checkpoint; `onBytes` is told of each tensor when it was read, and an aborted signal ends reading. Closing it closes
 * the reader given.
 *
 * @example
 * const source = await modelSource("models/helium-nano");
 * const reader = countedReader(await source.openWeights(), (read, total) => show(`${Math.round((100 * read) / total)} %`));
 * console.log((await reader.readBytes("model.norm.weight")).length); // 512
 * await reader.close();
 */
export function countedReader(
  reader: CheckpointReader,
  onBytes: BytesListener,
  signal?: AbortSignal,
): CheckpointReader {
  const total = reader.names().reduce((bytes, name) => bytes + reader.info(name).storedBytes, 0);
  let read = 0;
  const slice = reader.readSlice?.bind(reader);
  return {
    ...(slice && {
      readSlice: async (name: string, begin: number, end: number, into?: Uint8Array) => {
        signal?.throwIfAborted();
        const bytes = await slice(name, begin, end, into);
        read += bytes.length;
        onBytes(read, total);
        return bytes;
      },
    }),
    names: () => reader.names(),
    has: (name) => reader.has(name),
    info: (name) => reader.info(name),
    readBytes: async (name) => {
      signal?.throwIfAborted();
      const bytes = await reader.readBytes(name);
      read += reader.info(name).storedBytes;
      onBytes(read, total);
      return bytes;
    },
    close: () => reader.close(),
  };
}
