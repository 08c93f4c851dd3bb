import { spawn } from "node:child_process";
import { statSync } from "node:fs";

/** How a run of `helium batch` ended. */
export interface BatchRunEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface BatchProcessOptions {
  /** A bundle of the command. */
  readonly program: string;
  readonly args: readonly string[];
  /** Bytes that a file may have, as a full disk in small. */
  readonly fileLimit?: number;
  /** Resolves when the process is to get the signal. */
  readonly until?: (process: { readonly hasEnded: () => boolean }) => Promise<NodeJS.Signals>;
}

/** Runs `helium batch` as a process of its own. */
export async function batchProcess({ program, args, fileLimit, until }: BatchProcessOptions): Promise<BatchRunEnd> {
  const argv = [process.execPath, program, "batch", ...args];
  const [command = "", ...rest] =
    // `ulimit -f` counts in KiB in bash.
    fileLimit === undefined ? argv : ["bash", "-c", `ulimit -f ${fileLimit / 1024} && exec "$@"`, "bash", ...argv];
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err, hasEnded] = ["", "", false];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<BatchRunEnd>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      hasEnded = true;
      resolve({ code, signal, out, err });
    });
  });
  if (until) {
    const signal = await until({ hasEnded: () => hasEnded });
    if (!hasEnded) child.kill(signal);
  }
  return ended;
}

export interface KilledBatchOptions extends Pick<BatchProcessOptions, "program" | "args"> {
  readonly journal: string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How often it is killed, at most. */
  readonly kills: number;
  /** Bytes by which the journal may grow between two of them: twice what is drawn on average. */
  readonly growth: number;
}

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Runs a batch again and again, with `kill -9` at drawn moments: one in eight while it still starts, the others after the journal
 * grew by a drawn length and a drawn time. What is left then runs to its end.
 */
export async function killedBatch({ journal, random, kills, growth, ...run }: KilledBatchOptions): Promise<{
  readonly kills: number;
  readonly last: BatchRunEnd;
}> {
  for (let count = 0; ; count++) {
    if (count === kills) return { kills: count, last: await batchProcess(run) };
    const isEarly = random() < 1 / 8;
    const [ms, more] = [random(), random()];
    const from = bytesOf(journal);
    const last = await batchProcess({
      ...run,
      until: async ({ hasEnded }) => {
        if (!isEarly) while (!hasEnded() && bytesOf(journal) < from + more * growth) await pause(5);
        await pause(ms * (isEarly ? 1000 : 50));
        return "SIGKILL";
      },
    });
    // It was faster than its end.
    if (last.signal === null) return { kills: count, last };
  }
}
