import { createAtomicFile, type AtomicFile } from "@helium-lm/nn/io/node";

/** Bytes that are written at a time. */
const CHUNK = 2 ** 18;

/**
 * Writes lines to a file that appears under its name when it is whole, and not at all where something fails.
 *
 * @returns how many lines there are; the file is not made for none where `skipEmpty`
 * @throws ByteSourceError, as on a full disk
 */
export async function writeLines(
  path: string,
  lines: Iterable<string> | AsyncIterable<string>,
  { skipEmpty = false }: { readonly skipEmpty?: boolean } = {},
): Promise<{ readonly lines: number; readonly bytes: number }> {
  let file: AtomicFile | null = skipEmpty ? null : await createAtomicFile(path);
  let [count, bytes, waiting] = [0, 0, ""];
  const flush = async (): Promise<void> => {
    const chunk = Buffer.from(waiting);
    waiting = "";
    bytes += chunk.length;
    await file?.write(chunk);
  };
  try {
    for await (const line of lines) {
      file ??= await createAtomicFile(path);
      count++;
      waiting += `${line}\n`;
      if (waiting.length >= CHUNK) await flush();
    }
    await flush();
    await file?.commit();
    return { lines: count, bytes };
  } finally {
    await file?.discard();
  }
}
