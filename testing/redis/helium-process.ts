import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { bundleForNode } from "../bundle-for-node.ts";
import { root } from "../repository.ts";

let bundle: Promise<string> | null = null;

export interface HeliumProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Files of this process may have so many KiB, as where a disk is full. */
  readonly fileKiB?: number;
}

/** A command of `helium` in a process of its own, which tests may kill. */
export class HeliumProcess {
  readonly #child: ChildProcess;
  /** Once it has ended and all that it wrote is read. */
  readonly #closed: Promise<unknown>;
  #output = "";
  #errors = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#closed = once(child, "close");
    child.stdout?.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()));
  }

  static async start(args: readonly string[], { env, fileKiB }: HeliumProcessOptions = {}): Promise<HeliumProcess> {
    const program = await (bundle ??= bundleForNode(`${root}packages/cli/src/main.ts`, "esm"));
    const argv = [program, ...args];
    const [command, given] =
      fileKiB === undefined
        ? [process.execPath, argv]
        : ["bash", ["-c", `ulimit -f ${fileKiB}; exec "$0" "$@"`, process.execPath, ...argv]];
    const child = spawn(command, given, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    return new HeliumProcess(child);
  }

  get output(): string {
    return this.#output;
  }

  get errors(): string {
    return this.#errors;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The first line of its output. @throws Error where it ends before */
  async firstLine(): Promise<string> {
    let isClosed = false;
    const closed = this.#closed.then(() => (isClosed = true));
    while (!this.#output.includes("\n")) {
      if (isClosed) throw new Error(`helium ended:\n${this.#errors}`);
      await Promise.race([once(this.#child.stdout as NodeJS.EventEmitter, "data"), closed]);
    }
    return this.#output.split("\n")[0] ?? "";
  }

  /** @returns its exit code; null where it was killed */
  async ended(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  async end(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<number | null> {
    this.#child.kill(signal);
    return this.ended();
  }
}
