import { link, lstat, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { FileLockError } from "../../errors.ts";
import { pause } from "../bytes/retry.ts";
import { hasEnded, localProcess, ownProcessMark } from "./node-process-mark.ts";

export interface FileLockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears once, after a moment, who holds the lock: words for a message. */
  readonly onWait?: ((holder: string) => void) | undefined;
  /** A lock that did not change for so long was left behind, where its process cannot be asked. Default 15,000. */
  readonly staleMs?: number;
  /** How often a waiting process looks. Default 200. */
  readonly pollMs?: number;
  /** How long a process waits in silence. Default 1,000. */
  readonly silentMs?: number;
  /**
   * Waits for nobody who lives, as for a turn that may not end for hours: throws as soon as it is known that the holder does.
   * Default false.
   */
  readonly refuseLiving?: boolean;
}

/** A lock as its holder sees it. */
export interface HeldLock {
  /** False once another process took it over, as this one showed no life for too long. */
  readonly isHeld: () => boolean;
  readonly release: () => Promise<void>;
}

/** Runs `action` while no other process does so under the same lock. @throws FileLockError as `takeFileLock` */
export async function withFileLock<T>(
  path: string,
  action: (lock: HeldLock) => Promise<T>,
  options: FileLockOptions = {},
): Promise<T> {
  const lock = await takeFileLock(path, options);
  try {
    return await action(lock);
  } finally {
    await lock.release();
  }
}

/**
 * Takes a lock, which one process at a time has: a file that names its holder, who touches it again and again. The lock of a
 * process of this machine that has ended is taken over at once, any other one when it stays untouched, by the waiting process's
 * own clock.
 *
 * @throws FileLockError where something else than a file is in the lock's place, and with `refuseLiving` where it is held
 */
export async function takeFileLock(
  path: string,
  { signal, onWait, staleMs = 15_000, pollMs = 200, silentMs = 1000, refuseLiving = false }: FileLockOptions = {},
): Promise<HeldLock> {
  const token = `${crypto.randomUUID()} ${await ownProcessMark()}`;
  await acquire();
  let isHeld = true;
  const beat = setInterval(() => void touch(), staleMs / 6);
  beat.unref();
  return {
    isHeld: () => isHeld,
    release: async () => {
      clearInterval(beat);
      isHeld = false;
      if ((await contentOf(path)) === token) await rm(path, { force: true });
    },
  };

  async function touch(): Promise<void> {
    const isSame = (await contentOf(path)) === token;
    // It may have been released meanwhile.
    isHeld &&= isSame;
    const now = new Date();
    if (isHeld) await utimes(path, now, now).catch(() => undefined);
  }

  async function acquire(): Promise<void> {
    const start = performance.now();
    let [seen, unchangedMs, looked, isTold] = ["", 0, start, false];
    while (!(await tryCreate(path))) {
      const touched = await touchedAt(path);
      const content = touched === null ? null : await contentOf(path);
      const now = `${String(touched)} ${content}`;
      // A process that was itself held up has seen no more than one look.
      const elapsed = Math.min(performance.now() - looked, 2 * pollMs);
      looked = performance.now();
      const isTouched = seen !== "" && now !== seen;
      unchangedMs = now === seen ? unchangedMs + elapsed : 0;
      seen = now;
      if (touched !== null && content === null && unchangedMs > staleMs)
        throw new FileLockError(path, "cannot be read and stays in the way; remove it, or check its permissions");
      if (content !== null && (unchangedMs > staleMs || (await hasEnded(markIn(content))))) {
        await takeAway(content);
        continue;
      }
      if (refuseLiving && content !== null && (isTouched || (await localProcess(markIn(content))) !== null))
        throw new FileLockError(path, `is held by ${await describe(content)}; wait for it, or end it`, {
          owner: await localProcess(markIn(content)),
        });
      if (!isTold && content !== null && performance.now() - start >= silentMs) {
        isTold = true;
        onWait?.(await describe(content));
      }
      await pause(pollMs, signal);
    }
  }

  async function tryCreate(file: string): Promise<boolean> {
    try {
      await writeFile(file, token, { flag: "wx" });
      return true;
    } catch (error) {
      // Windows says EPERM for a folder of that name, and for a file that is about to vanish.
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST" || code === "EISDIR" || (code === "EPERM" && (await touchedAt(file)) !== null))
        return false;
      throw error;
    }
  }

  /** Removes an abandoned lock, one process at a time; one that another process has made meanwhile is put back. */
  async function takeAway(content: string): Promise<void> {
    const turn = `${path}.turn`;
    if (!(await tryCreate(turn))) {
      // Its holder needs a few calls; if it was killed there, the next one takes its place.
      const since = await touchedAt(turn);
      const other = await contentOf(turn);
      const isOld = since !== null && Date.now() - since > staleMs;
      if (other !== null && (isOld || (await hasEnded(markIn(other))))) await rm(turn, { force: true });
      else await pause(pollMs, signal);
      return;
    }
    try {
      if ((await contentOf(path)) !== content) return;
      const aside = `${path}.${crypto.randomUUID()}`;
      await rename(path, aside).catch(() => undefined);
      const taken = await contentOf(aside);
      if (taken !== null && taken !== content) await link(aside, path).catch(() => undefined);
      await rm(aside, { force: true });
    } finally {
      await rm(turn, { force: true });
    }
  }

  async function describe(content: string): Promise<string> {
    const pid = await localProcess(markIn(content));
    if (pid === null) return "another process, perhaps of another machine";
    return pid === process.pid ? "another part of this process" : `process ${pid} of this machine`;
  }

  /** What a lock says; null where there is none, or where it cannot be read. */
  async function contentOf(file: string): Promise<string | null> {
    return readFile(file, "utf8").catch(() => null);
  }
}

/** Whether the process that holds a lock of that content is known to have ended. */
export const isAbandonedLock = (content: string): Promise<boolean> => hasEnded(markIn(content));

const markIn = (content: string): string => content.split(" ")[1] ?? "";

/** When the lock was touched last; null where there is none. @throws FileLockError for what is not a file */
async function touchedAt(path: string): Promise<number | null> {
  const found = await lstat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  });
  if (found === null) return null;
  if (found.isFile()) return found.mtimeMs;
  const what = found.isDirectory() ? "a folder" : found.isSymbolicLink() ? "a link" : "no file";
  throw new FileLockError(path, `is ${what} where a lock file belongs; remove it`);
}
