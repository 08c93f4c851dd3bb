import { pause } from "@helium-lm/nn";
import { HubStorageError } from "../../errors.ts";
import { codeOf, type NodeBuiltins } from "./node-builtins.ts";

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
}

/** A lock as its holder sees it. */
export interface HeldLock {
  /** False once another process took it over, as this one showed no life for too long. */
  readonly isHeld: () => boolean;
}

type LockBuiltins = Pick<NodeBuiltins, "fs" | "processes">;

/**
 * Runs `action` while no other process does so under the same lock: a file that names its holder, who touches it again and
 * again. The lock of a process of this machine that has ended is taken over at once, any other one when it stays untouched,
 * by the waiting process's own clock.
 *
 * @throws HubStorageError where something else than a file is in the lock's place
 */
export async function withFileLock<T>(
  node: LockBuiltins,
  path: string,
  action: (lock: HeldLock) => Promise<T>,
  { signal, onWait, staleMs = 15_000, pollMs = 200, silentMs = 1000 }: FileLockOptions = {},
): Promise<T> {
  const { fs, processes } = node;
  const token = `${crypto.randomUUID()} ${await processes.ownProcessMark()}`;
  await acquire();
  let isHeld = true;
  const beat = setInterval(() => void touch(), staleMs / 6);
  try {
    return await action({ isHeld: () => isHeld });
  } finally {
    clearInterval(beat);
    if ((await contentOf(path)) === token) await fs.rm(path, { force: true });
  }

  async function touch(): Promise<void> {
    isHeld &&= (await contentOf(path)) === token;
    const now = new Date();
    if (isHeld) await fs.utimes(path, now, now).catch(() => undefined);
  }

  async function acquire(): Promise<void> {
    const start = performance.now();
    let [seen, unchangedMs, looked, isTold] = ["", 0, start, false];
    while (!(await tryCreate(path))) {
      const touched = await touchedAt(fs, path);
      const content = touched === null ? null : await contentOf(path);
      const now = `${String(touched)} ${content}`;
      // A process that was itself held up has seen no more than one look.
      const elapsed = Math.min(performance.now() - looked, 2 * pollMs);
      looked = performance.now();
      unchangedMs = now === seen ? unchangedMs + elapsed : 0;
      seen = now;
      if (touched !== null && content === null && unchangedMs > staleMs)
        throw new HubStorageError(path, "cannot be read and stays in the way; remove it, or check its permissions");
      if (content !== null && (unchangedMs > staleMs || (await processes.hasEnded(markIn(content))))) {
        await takeAway(content);
        continue;
      }
      if (!isTold && content !== null && performance.now() - start >= silentMs) {
        isTold = true;
        onWait?.(await describe(content));
      }
      await pause(pollMs, signal);
    }
  }

  async function tryCreate(file: string): Promise<boolean> {
    try {
      await fs.writeFile(file, token, { flag: "wx" });
      return true;
    } catch (error) {
      // Windows says EPERM for a folder of that name, and for a file that is about to vanish.
      const code = codeOf(error);
      if (code === "EEXIST" || code === "EISDIR" || (code === "EPERM" && (await touchedAt(fs, file)) !== null))
        return false;
      throw error;
    }
  }

  /** Removes an abandoned lock, one process at a time; one that another process has made meanwhile is put back. */
  async function takeAway(content: string): Promise<void> {
    const turn = `${path}.turn`;
    if (!(await tryCreate(turn))) {
      // Its holder needs a few calls; if it was killed there, the next one takes its place.
      const since = await touchedAt(fs, turn);
      const other = await contentOf(turn);
      const isOld = since !== null && Date.now() - since > staleMs;
      if (other !== null && (isOld || (await processes.hasEnded(markIn(other))))) await fs.rm(turn, { force: true });
      else await pause(pollMs, signal);
      return;
    }
    try {
      if ((await contentOf(path)) !== content) return;
      const aside = `${path}.${crypto.randomUUID()}`;
      await fs.rename(path, aside).catch(() => undefined);
      const taken = await contentOf(aside);
      if (taken !== null && taken !== content) await fs.link(aside, path).catch(() => undefined);
      await fs.rm(aside, { force: true });
    } finally {
      await fs.rm(turn, { force: true });
    }
  }

  async function describe(content: string): Promise<string> {
    const pid = await processes.localProcess(markIn(content));
    if (pid === null) return "another process, perhaps of another machine";
    return pid === process.pid ? "another part of this process" : `process ${pid} of this machine`;
  }

  /** What a lock says; null where there is none, or where it cannot be read. */
  async function contentOf(file: string): Promise<string | null> {
    return fs.readFile(file, "utf8").catch(() => null);
  }
}

/** Whether the process that holds a lock of that content is known to have ended. */
export const isAbandoned = ({ processes }: Pick<NodeBuiltins, "processes">, content: string): Promise<boolean> =>
  processes.hasEnded(markIn(content));

const markIn = (content: string): string => content.split(" ")[1] ?? "";

/** When the lock was touched last; null where there is none. @throws HubStorageError for what is not a file */
async function touchedAt(fs: NodeBuiltins["fs"], path: string): Promise<number | null> {
  const found = await fs.lstat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  });
  if (found === null) return null;
  if (found.isFile()) return found.mtimeMs;
  const what = found.isDirectory() ? "a folder" : found.isSymbolicLink() ? "a link" : "no file";
  throw new HubStorageError(path, `is ${what} where a lock file belongs; remove it`);
}
