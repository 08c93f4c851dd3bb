import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleForNode } from "../bundle-for-node.ts";
import { root } from "../repository.ts";
import type { ClientJob, ClientReport } from "./client.ts";
import type { Probed } from "./probe.ts";

let bundle: Promise<string> | null = null;

export interface ServerProcessOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** File that gets a line for each request, behind what it has; default: only errors are shown. */
  readonly log?: string;
}

/** `helium serve` in a process of its own, and clients in others. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** @param nodeOptions of the server's process */
  static async start(
    args: readonly string[],
    nodeOptions: readonly string[] = [],
    { port = 0, log }: ServerProcessOptions = {},
  ): Promise<ServerProcess> {
    const program = await (bundle ??= bundleForNode(`${root}packages/cli/src/main.ts`, "esm"));
    const probe = fileURLToPath(new URL("probe.ts", import.meta.url));
    const how = ["--port", String(port), "--json", "--log-level", log === undefined ? "error" : "info"];
    const argv = [...nodeOptions, "--import", probe, program, "serve", ...how, ...args];
    const stderr = log === undefined ? "inherit" : openSync(log, "a");
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", stderr, "ipc"] });
    if (typeof stderr === "number") closeSync(stderr);
    child.on("exit", (code) => {
      if (code) console.error(`the server ended with ${code}`);
    });
    const [line] = (await Promise.race([
      once(child.stdout as NodeJS.EventEmitter, "data"),
      once(child, "exit").then(() => {
        throw new Error("the server did not start");
      }),
    ])) as [Buffer];
    return new ServerProcess(child, (JSON.parse(line.toString()) as { readonly url: string }).url);
  }

  /** Lag since the last question, and memory, after a collection of garbage where that is asked for. */
  async probe(question: "probe" | "collect" = "probe"): Promise<Probed> {
    const answer = once(this.#child, "message");
    this.#child.send(question);
    const [probed] = (await answer) as [Probed];
    return probed;
  }

  /** Gauges and counters by name, summed over their labels. */
  async figures(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const sums = new Map<string, number>();
    for (const line of text.split("\n")) {
      const [, name, value] = /^([\w:]+)(?:\{.*\})? (\S+)$/.exec(line) ?? [];
      if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value));
    }
    return sums;
  }

  /** What is held for requests once there are none; nothing, where nothing leaks. Waits for texts to end, 10 s at most. */
  async leaks(): Promise<Readonly<Record<string, number>>> {
    const names = ["helium_requests_running", "helium_requests_waiting", "helium_kv_pages_held"];
    for (let tries = 0; ; tries++) {
      const figures = await this.figures();
      const held = names.flatMap((name) => (figures.get(name) ? [[name, figures.get(name) ?? 0] as const] : []));
      if (held.length === 0 || tries > 100) return Object.fromEntries(held);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Clients in a process of their own. */
  async clients(job: Omit<ClientJob, "url">): Promise<ClientReport> {
    const script = fileURLToPath(new URL("client.ts", import.meta.url));
    const argv = [script, JSON.stringify({ ...job, url: this.url })];
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    await once(child, "close");
    return JSON.parse(out) as ClientReport;
  }

  /** @returns its exit code; null where it was killed */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  /** Ends the process at once, as the kernel does that needs memory. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended();
  }

  /** Tells the server to end. @returns its exit code */
  stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    return this.ended();
  }
}
