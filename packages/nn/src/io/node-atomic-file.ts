import { open, rename, rm } from "node:fs/promises";
import { reasonOf } from "./byte-source.ts";
import { ByteSourceError } from "./errors.ts";
import type { ByteSink } from "./safetensors-writer.ts";

/** A file that appears under its name only when it is whole. */
export interface AtomicFile {
  readonly write: ByteSink;
  /** Flushes to the disk and renames into place. */
  commit(): Promise<void>;
  /** Removes what was written; nothing after `commit`. */
  discard(): Promise<void>;
}

/**
 * Starts writing `path` under a temporary name beside it.
 *
 * @throws ByteSourceError, also from the methods, naming `path`
 */
export async function createAtomicFile(path: string): Promise<AtomicFile> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  const attempt = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (cause) {
      throw new ByteSourceError(
        path,
        `cannot be written (${reasonOf(cause)}); check the folder and the space left`,
        {},
        { cause },
      );
    }
  };
  const file = await attempt(() => open(temporary, "wx"));
  let committed = false;
  return {
    write: (chunk) =>
      attempt(async () => {
        for (let at = 0; at < chunk.length;)
          at += (await file.write(chunk, at, Math.min(chunk.length - at, 2 ** 30))).bytesWritten;
      }),
    commit: () =>
      attempt(async () => {
        await file.sync();
        await file.close();
        await rename(temporary, path);
        committed = true;
      }),
    async discard() {
      if (committed) return;
      await file.close();
      await rm(temporary, { force: true });
    },
  };
}

/** Writes a file in one piece: `fill` gives the bytes; if it throws, nothing is left. */
export async function writeFileAtomically(path: string, fill: (write: ByteSink) => Promise<void>): Promise<void> {
  const file = await createAtomicFile(path);
  try {
    await fill(file.write);
    await file.commit();
  } finally {
    await file.discard();
  }
}
