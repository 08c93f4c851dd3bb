import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../testing/serving/free-port.ts";
import { ServerProcess } from "../../../testing/serving/server-process.ts";
import { wholeLines } from "../../../testing/serving/whole-lines.ts";

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
  /** How many requests each had answered whenever it was ended. */
  readonly #answeredAtEnd: readonly number[][];

  private constructor(ports: readonly number[], args: readonly string[]) {
    this.ports = ports;
    this.#args = args;
    this.#answeredAtEnd = ports.map(() => []);
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

  /** How many requests a replica computes at this moment. */
  async running(at: number): Promise<number> {
    return (await this.server(at).figures()).get("helium_requests_running") ?? 0;
  }

  /**
   * Ends a replica and starts it anew.
   *
   * @param signal SIGKILL at once, SIGTERM once it has finished what it computes
   * @returns what it had answered until then, and the seconds until it was back
   */
  async endAndStart(
    at: number,
    signal: "SIGKILL" | "SIGTERM",
  ): Promise<{ readonly seconds: number; readonly answered: readonly string[] }> {
    const server = this.server(at);
    const since = performance.now();
    await (signal === "SIGKILL" ? server.kill() : server.stop());
    const answered = this.answered(at);
    this.#answeredAtEnd[at]?.push(answered.length);
    this.#servers[at] = await this.#start(at);
    return { seconds: Math.round((performance.now() - since) / 10) / 100, answered };
  }

  /** By request the replica that answered it, and how often that had been started by then; of one that two answered, both. */
  places(): ReadonlyMap<string, readonly string[]> {
    const places = new Map<string, string[]>();
    for (const [replica, ends] of this.#answeredAtEnd.entries())
      for (const [nth, id] of this.answered(replica).entries()) {
        const starts = ends.filter((count) => count <= nth).length;
        places.set(id, [...(places.get(id) ?? []), `${replica}.${starts}`]);
      }
    return places;
  }

  /** Ids of requests that a replica answered wholly, with 200, by its own log. */
  answered(at: number): readonly string[] {
    return wholeLines(this.#logOf(at)).flatMap((line) => {
      const { msg, requestId, status, aborted } = JSON.parse(line) as LogLine;
      return msg === "request" && status === 200 && !aborted && requestId?.includes(".") ? [requestId] : [];
    });
  }

  /** Ends all; a second call does nothing. What they logged stays until the set is disposed. @returns their exit codes */
  async end(): Promise<readonly (number | null)[]> {
    return Promise.all(this.#servers.splice(0).map((server) => server.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
