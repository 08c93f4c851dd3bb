import { open, stat } from "node:fs/promises";
import { createByteSource, reasonOf, shortRead, type ByteSource } from "./byte-source.ts";
import { ByteSourceError } from "./errors.ts";

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
      readRange: async (offset, length, into) => {
        const bytes = into ? into.subarray(0, length) : new Uint8Array(length);
        for (let filled = 0; filled < length;) {
          const { bytesRead } = await file.read(bytes, filled, Math.min(length - filled, callBytes), offset + filled);
          if (bytesRead === 0) throw shortRead(path, offset, length, filled);
          filled += bytesRead;
        }
        return bytes;
      },
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

async function regularFile(path: string): Promise<void> {
  const found = await stat(path);
  if (!found.isFile()) {
    throw new ByteSourceError(path, `is ${found.isDirectory() ? "a folder" : "not a regular file"}; name a file`);
  }
}
