import { open, stat, type FileHandle } from "node:fs/promises";
import { createByteSource, reasonOf, shortRead, type ByteSource } from "../bytes/byte-source.ts";
import { ByteSourceError } from "../../errors.ts";
import { joinedReads, type Stretch } from "../bytes/joined-reads.ts";

/** One system call moves less than 2 GiB. */
const callBytes = 2 ** 30;

/**
 * A source over a local file, kept open until `close`.
 *
 * @throws ByteSourceError when there is no such file, it cannot be opened, or it is not a regular file
 */
export async function nodeFileSource(path: string): Promise<ByteSource> {
  try {
    // Before opening: a pipe would block there until someone writes to it.
    await regularFile(path);
    const file = await open(path, "r");
    const { size, dev, ino, mtimeMs, ctimeMs } = await file.stat().catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    return createByteSource({
      name: path,
      size,
      revision: [dev, ino, mtimeMs, ctimeMs].join(),
      readRange: joinedReads((offset, stretches) => readStretches(path, file, offset, stretches)),
      release: () => file.close(),
    });
  } catch (cause) {
    if (cause instanceof ByteSourceError) throw cause;
    throw new ByteSourceError(
      path,
      `cannot be opened (${reasonOf(cause)}); check the path and its permissions`,
      {},
      { cause },
    );
  }
}

async function readStretches(
  path: string,
  file: FileHandle,
  offset: number,
  stretches: readonly Stretch[],
): Promise<readonly Uint8Array[]> {
  const all = stretches.map(({ length, into }) => into?.subarray(0, length) ?? new Uint8Array(length));
  const length = all.reduce((sum, bytes) => sum + bytes.length, 0);
  let left = all;
  for (let filled = 0; filled < length;) {
    const at = offset + filled;
    const [first] = left;
    const { bytesRead } =
      first && left.length === 1
        ? await file.read(first, 0, Math.min(first.length, callBytes), at)
        : await file.readv(left, at);
    if (bytesRead === 0) throw shortRead(path, offset, length, filled);
    filled += bytesRead;
    left = after(left, bytesRead);
  }
  return all;
}

/** What is left of places when the first `length` bytes of them are filled. */
function after(places: readonly Uint8Array[], length: number): Uint8Array[] {
  let filled = length;
  const left: Uint8Array[] = [];
  for (const place of places) {
    if (filled < place.length) left.push(filled === 0 ? place : place.subarray(filled));
    filled = Math.max(0, filled - place.length);
  }
  return left;
}

async function regularFile(path: string): Promise<void> {
  const found = await stat(path);
  if (!found.isFile()) {
    throw new ByteSourceError(path, `is ${found.isDirectory() ? "a folder" : "not a regular file"}; name a file`);
  }
}
