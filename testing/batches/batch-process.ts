import { spawn } from "node:child_process";
import { sendingItself, type OwnSignal } from "../own-signal/own-signal.ts";

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
  readonly ownSignal?: OwnSignal;
}

/** Runs `helium batch` as a process of its own. */
export async function batchProcess({ program, args, fileLimit, ownSignal }: BatchProcessOptions): Promise<BatchRunEnd> {
  const argv = [process.execPath, ...(ownSignal ? sendingItself(ownSignal) : []), program, "batch", ...args];
  const [command = "", ...rest] =
    // `ulimit -f` counts in KiB in bash.
    fileLimit === undefined ? argv : ["bash", "-c", `ulimit -f ${fileLimit / 1024} && exec "$@"`, "bash", ...argv];
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  return new Promise<BatchRunEnd>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, out, err }));
  });
}

export interface KilledBatchOptions extends Pick<BatchProcessOptions, "program" | "args"> {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How often it is killed, at most. */
  readonly kills: number;
  /** Bytes by which the journal may grow between two of them: twice what is drawn on average. */
  readonly growth: number;
}

/**
 * Runs a batch again and again, with `kill -9` at drawn moments: one in eight while it still starts, the others once the journal
 * grew by a drawn length, half of them in the middle of that line and half a drawn time after it. What is left then runs to its end.
 */
export async function killedBatch({ random, kills, growth, ...run }: KilledBatchOptions): Promise<{
  readonly kills: number;
  readonly last: BatchRunEnd;
}> {
  for (let count = 0; ; count++) {
    if (count === kills) return { kills: count, last: await batchProcess(run) };
    const [isEarly, isCut] = [random() < 1 / 8, random() < 1 / 2];
    const [ms, more] = [random() * (isEarly ? 1000 : 50), random()];
    const last = await batchProcess({
      ...run,
      ownSignal: {
        ...{ signal: "SIGKILL", to: ".journal", bytes: isEarly ? 0 : 1 + Math.floor(more * growth) },
        ...((isEarly || !isCut) && { afterMs: ms }),
      },
    });
    // It was faster than its end.
    if (last.signal === null) return { kills: count, last };
  }
}
