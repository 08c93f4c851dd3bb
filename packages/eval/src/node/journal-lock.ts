import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hasEnded, localProcess, ownProcessMark } from "@helium-lm/nn/io/node";
import { EvalError } from "../errors.ts";

/** While it is held, a lock is touched; one that was not for so long is nobody's. */
const TIMES = { touchMs: 15_000, staleMs: 120_000 } as const;

/**
 * The right to write a journal: a file beside it with the mark of the process that has it. It is taken over from a process
 * that is known to have ended, also where another one has its id by now, and from one of another machine or container once
 * it is no longer touched.
 */
export class JournalLock {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    this.#timer = setInterval(() => touch(path), TIMES.touchMs);
    this.#timer.unref();
  }

  /** @throws EvalError while another process writes the journal */
  static async take(journal: string): Promise<JournalLock> {
    const path = `${journal}.lock`;
    for (let attempt = 0; ; attempt++)
      try {
        writeFileSync(path, await ownProcessMark(), { flag: "wx" });
        return new JournalLock(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        if (attempt > 0 || !(await isAbandoned(path))) throw await heldError(journal, path, error);
        rmSync(path, { force: true });
      }
  }

  release(): void {
    clearInterval(this.#timer);
    rmSync(this.#path, { force: true });
  }
}

/** Its owner has ended: it says so itself, or has not touched it for long. */
async function isAbandoned(path: string): Promise<boolean> {
  try {
    return (await hasEnded(readFileSync(path, "utf8"))) || Date.now() - statSync(path).mtimeMs > TIMES.staleMs;
  } catch {
    // It was released meanwhile.
    return true;
  }
}

async function heldError(journal: string, path: string, cause: unknown): Promise<EvalError> {
  const owner = await localProcess(readText(path));
  const who = owner === null ? "a process of another machine or container" : `process ${owner}`;
  return new EvalError(
    journal,
    `${who} is writing this journal; wait for it, or name another folder. If it was killed there, this ends by itself after ${TIMES.staleMs / 60_000} minutes`,
    { owner },
    { cause },
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Who deleted the lock has taken the journal, and is told nothing of it: lines are appended whole.
  }
}
