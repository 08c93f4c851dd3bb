import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { root } from "../../../../testing/repository.ts";
import type { WorkerJob } from "./worker-program.ts";

/** A worker that tests start, tell to end, and kill. */
export class WorkerProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #errors = "";

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    this.#child = child;
    child.stderr.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()));
  }

  static async start(job: WorkerJob): Promise<WorkerProcess> {
    const program = fileURLToPath(new URL("worker-program.ts", import.meta.url));
    const argv = ["--import", `${root}scripts/workspace-sources.ts`, program, JSON.stringify(job)];
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
    const worker = new WorkerProcess(child);
    await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => Promise.reject(new Error(`the worker ended:\n${worker.errors}`))),
    ]);
    return worker;
  }

  get pid(): number {
    return this.#child.pid ?? NaN;
  }

  /** What it told on stderr. */
  get errors(): string {
    return this.#errors;
  }

  /** @returns its exit code; null where it was killed */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return exitCode;
    // What it told is read by then too.
    const ended = once(this.#child, "close");
    this.#child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}
