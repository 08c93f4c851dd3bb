import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findExecutable } from "../find-executable.ts";
import { freePort } from "../serving/free-port.ts";

/** What a skipped test of Redis tells the reader. */
export const needsRedis = "needs redis-server on the PATH (apt-get install redis-server)";

/** Whether the tests of Redis have to be left out. */
export const lacksRedis = findExecutable("redis-server") === null;
if (lacksRedis && process.env["CI"]) throw new Error("redis-server is missing; .ci/run installs it");

export interface RedisServerOptions {
  /** Clients have to give it. */
  readonly password?: string;
  /** Clients speak TLS, to a server with this certificate and key (files). */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Keeps nothing: a Redis that was killed comes back empty. Default: every write is on the disk before it is answered. */
  readonly forgetful?: boolean;
}

/** How long a server may take to listen, in ms. */
const START_MS = 120_000;

/** Debian's redis-server at a free port of 127.0.0.1, with a folder of its own. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  readonly #options: RedisServerOptions;
  #child: ChildProcess | null = null;

  private constructor(port: number, options: RedisServerOptions) {
    this.port = port;
    this.#options = options;
    this.folder = mkdtempSync(join(tmpdir(), "helium-redis-"));
  }

  /** @throws Error where there is no redis-server, or it does not start */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  /** Its address, with the password where it has one. */
  get url(): string {
    const { password, tls } = this.#options;
    const user = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
    return `${tls ? "rediss" : "redis"}://${user}127.0.0.1:${this.port}`;
  }

  /** Everything that it wrote of itself. */
  get log(): string {
    return readFileSync(join(this.folder, "log"), "utf8");
  }

  /** Starts it again at the same port, with what it had written. */
  async start(): Promise<void> {
    const program = findExecutable("redis-server");
    if (program === null) throw new Error(`redis-server is not there: ${needsRedis}`);
    const { password, tls, forgetful = false } = this.#options;
    const args = [
      ...["--bind", "127.0.0.1", "--dir", this.folder, "--save", "", "--logfile", join(this.folder, "log")],
      ...(tls
        ? ["--port", "0", "--tls-port", String(this.port), "--tls-cert-file", tls.cert, "--tls-key-file", tls.key]
        : ["--port", String(this.port)]),
      ...(tls ? ["--tls-ca-cert-file", tls.cert, "--tls-auth-clients", "no"] : []),
      ...(password === undefined ? [] : ["--requirepass", password]),
      ...(forgetful ? ["--appendonly", "no"] : ["--appendonly", "yes", "--appendfsync", "always"]),
    ];
    const child = spawn(program, args, { stdio: "ignore" });
    this.#child = child;
    const ended = once(child, "exit");
    for (const end = Date.now() + START_MS; !(await listens(this.port));) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > end)
        throw new Error(`redis-server did not start:\n${this.log}`);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 20)), ended]);
    }
  }

  /** kill −9: nothing is said to anybody. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Ends it and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = createConnection(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
