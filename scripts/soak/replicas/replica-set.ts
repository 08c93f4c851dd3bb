import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../testing/serving/free-port.ts";
import { ServerProcess } from "../../../testing/serving/server-process.ts";

/** A line of a replica's log. */
interface LogLine {
  readonly msg?: string;
  readonly requestId?: string;
  readonly status?: number;
  readonly aborted?: boolean;
}

/** Replicas of `helium serve` on ports of their own, which they keep when they are started anew, each with its log. */
export class ReplicaSet {
  readonly ports: readonly number[];
  readonly #folder: string;
  readonly #args: readonly string[];
  readonly #servers: ServerProcess[] = [];

  private constructor(ports: readonly number[], args: readonly string[]) {
    this.ports = ports;
    this.#args = args;
    this.#folder = mkdtempSync(join(tmpdir(), "helium-replicas-"));
  }

  static async start(count: number, args: readonly string[]): Promise<ReplicaSet> {
    const ports: number[] = [];
    while (ports.length < count) ports.push(await freePort());
    const set = new ReplicaSet(ports, args);
    set.#servers.push(...(await Promise.all(ports.map((_, at) => set.#start(at)))));
    return set;
  }

  async #start(at: number): Promise<ServerProcess> {
    return ServerProcess.start(this.#args, [], { port: this.ports[at] ?? 0, log: this.#logOf(at) });
  }

  #logOf(at: number): string {
    return join(this.#folder, `${at}.log`);
  }

  server(at: number): ServerProcess {
    const server = this.#servers[at];
    if (!server) throw new Error(`there is no replica ${at}`);
    return server;
  }

  /** The replicas, the one that answered most so far first. */
  byAnswers(): readonly number[] {
    const counts = this.ports.map((_, at) => this.answered(at).length);
    return this.ports.map((_, at) => at).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  }

  /**
   * Ends a replica while it computes a text or more, where it still has any to compute, and starts it anew.
   *
   * @param signal SIGKILL at once, SIGTERM once it has finished what it computes
   * @returns how many requests it was computing, what it had answered until then, and the seconds until it was back
   */
  async endAndStart(
    at: number,
    signal: "SIGKILL" | "SIGTERM",
  ): Promise<{ readonly running: number; readonly seconds: number; readonly answered: readonly string[] }> {
    const server = this.server(at);
    let running = 0;
    for (let tries = 0; running === 0 && tries < 300; tries++)
      running = (await server.figures()).get("helium_requests_running") ?? 0;
    const since = performance.now();
    await (signal === "SIGKILL" ? server.kill() : server.stop());
    const answered = this.answered(at);
    this.#servers[at] = await this.#start(at);
    return { running, seconds: Math.round((performance.now() - since) / 10) / 100, answered };
  }

  /** Ids of requests that a replica answered wholly, with 200, by its own log. */
  answered(at: number): readonly string[] {
    const lines = readFileSync(this.#logOf(at), "utf8").split("\n").filter(Boolean);
    return lines.flatMap((line) => {
      const { msg, requestId, status, aborted } = JSON.parse(line) as LogLine;
      return msg === "request" && status === 200 && !aborted && requestId?.includes(".") ? [requestId] : [];
    });
  }

  /** Ends all; a second call does nothing. @returns their exit codes */
  async stop(): Promise<readonly (number | null)[]> {
    const codes = await Promise.all(this.#servers.splice(0).map((server) => server.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
    return codes;
  }
}
