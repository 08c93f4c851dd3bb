import { pause } from "../retry.ts";
import { codeOf, type NodeHost } from "./node-host.ts";

export interface FileLockOptions {
  readonly signal?: AbortSignal | undefined;
  /** A lock that did not change for so long was left behind by a process that ended. Default 15,000. */
  readonly staleMs?: number;
  /** How often a waiting process looks. Default 200. */
  readonly pollMs?: number;
}

/** A lock as its holder sees it. */
export interface HeldLock {
  /** False once another process took it over, as this one showed no life for too long. */
  readonly isHeld: () => boolean;
}

/**
 * Runs `action` while no other process does so under the same lock: a file that its holder touches again and again. One
 * that stays untouched, by the waiting process's own clock, is taken over.
 */
export async function withFileLock<T>(
  { fs }: Pick<NodeHost, "fs">,
  path: string,
  action: (lock: HeldLock) => Promise<T>,
  { signal, staleMs = 15_000, pollMs = 200 }: FileLockOptions = {},
): Promise<T> {
  const token = crypto.randomUUID();
  const contentOf = (file: string): Promise<string | null> => fs.readFile(file, "utf8").catch(() => null);
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
    let seen = "";
    let unchangedMs = 0;
    let looked = performance.now();
    while (!(await tryCreate())) {
      const [found, content] = await Promise.all([fs.stat(path).catch(() => null), contentOf(path)]);
      const state = `${found?.mtimeMs} ${content}`;
      // A process that was itself held up has seen no more than one look.
      const elapsed = Math.min(performance.now() - looked, 2 * pollMs);
      looked = performance.now();
      unchangedMs = state === seen ? unchangedMs + elapsed : 0;
      if (content !== null && unchangedMs > staleMs) await takeAway(content);
      seen = state;
      await pause(pollMs, signal);
    }
  }

  async function tryCreate(): Promise<boolean> {
    try {
      await fs.writeFile(path, token, { flag: "wx" });
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    }
  }

  /** Removes a stale lock; one that another process has made meanwhile is put back. */
  async function takeAway(content: string): Promise<void> {
    const aside = `${path}.${token}`;
    await fs.rename(path, aside).catch(() => undefined);
    const taken = await contentOf(aside);
    if (taken !== null && taken !== content) await fs.link(aside, path).catch(() => undefined);
    await fs.rm(aside, { force: true });
  }
}
