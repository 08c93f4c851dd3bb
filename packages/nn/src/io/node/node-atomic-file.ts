import { lstat, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { reasonOf } from "../bytes/byte-source.ts";
import { ByteSourceError } from "../../errors.ts";
import type { ByteSink } from "../safetensors/safetensors-writer.ts";
import { forgetTemporary, rememberTemporary, removeLeftovers, temporaryBeside } from "./node-temporary-files.ts";

/** A file that appears under its name only when it is whole. */
export interface AtomicFile {
  readonly write: ByteSink;
  /** Flushes to the disk and renames into place. */
  commit(): Promise<void>;
  /** Removes what was written; nothing after `commit`. */
  discard(): Promise<void>;
}

export interface AtomicFileOptions {
  /** Rights of the new file; default: as the process makes files. */
  readonly mode?: number;
}

/**
 * Starts writing `path` under a temporary name beside it, which is removed when the process ends before `commit`; what a
 * process that was killed left in that folder is removed first.
 *
 * @throws ByteSourceError, also from the methods, naming `path`
 */
export async function createAtomicFile(path: string, { mode }: AtomicFileOptions = {}): Promise<AtomicFile> {
  const temporary = await temporaryBeside(path);
  const attempt = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (cause) {
      throw unwritable(path, cause);
    }
  };
  // A name that no file can have is told before gigabytes are written.
  await lstat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENAMETOOLONG") throw unwritable(path, cause);
  });
  await removeLeftovers(dirname(path));
  const file = await attempt(() => open(temporary, "wx", mode));
  rememberTemporary(temporary);
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
        forgetTemporary(temporary);
        committed = true;
      }),
    async discard() {
      if (committed) return;
      await file.close();
      await rm(temporary, { force: true });
      forgetTemporary(temporary);
    },
  };
}

/** What the system's codes mean for the user. */
const mends: Readonly<Record<string, string>> = {
  ENAMETOOLONG: "give a shorter name",
  ENOSPC: "free some space, or write to another disk",
  EDQUOT: "free some space, or write to another disk",
  EFBIG: "files may not become larger here (ulimit -f); allow more, or write elsewhere",
  EACCES: "check the permissions of its folder",
  EPERM: "check the permissions of its folder",
  EROFS: "write to another disk",
  ENOENT: "make its folder first",
  ENOTDIR: "a part of the path is a file; give another path",
  EEXIST: "a file is in the place of the folder; give another path",
  EISDIR: "it is a folder; give the name of a file",
};

/** The error for a file or folder that cannot be written, with the mend for its reason. */
export function unwritable(path: string, cause: unknown): ByteSourceError {
  const { code } = cause as { readonly code?: unknown };
  const mend = (typeof code === "string" ? mends[code] : undefined) ?? "check the folder and the space left";
  return new ByteSourceError(path, `cannot be written (${reasonOf(cause)}); ${mend}`, { code }, { cause });
}

/** Writes a file in one piece: `fill` gives the bytes; if it throws, nothing is left. */
export async function writeFileAtomically(
  path: string,
  fill: (write: ByteSink) => Promise<void>,
  options: AtomicFileOptions = {},
): Promise<void> {
  const file = await createAtomicFile(path, options);
  try {
    await fill(file.write);
    await file.commit();
  } finally {
    await file.discard();
  }
}
