import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findExecutable } from "../find-executable.ts";
import { root } from "../repository.ts";
import { freePort } from "./free-port.ts";
import { wholeLines } from "./whole-lines.ts";

/** Debian's, which is not on the PATH of everybody; null where there is none. */
export const nginxProgram = (): string | null =>
  findExecutable("nginx") ?? (existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : null);

/** A line of nginx's log, as the recipe writes it. */
export interface ProxyLine {
  readonly id: string;
  readonly path: string;
  readonly status: number;
  /** Addresses and statuses of the replicas that it was sent to, in turn. */
  readonly replicas: readonly string[];
  readonly statuses: readonly string[];
  /** By what the replica was found, where a change of the recipe has it written. */
  readonly key?: string;
}

export interface NginxOptions {
  /** Ports of three replicas at 127.0.0.1. */
  readonly ports: readonly number[];
  /** What is written otherwise than in the recipe; each text has to be there. */
  readonly changes?: readonly (readonly [given: string, instead: string])[];
}

/** How long it may take to answer, and to write into its log, in ms. */
const [START_MS, LOG_MS] = [120_000, 60_000];

/** nginx with the recipe `deploy/nginx/helium.conf`, of which only addresses and paths are others. */
export class NginxProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, url: string, folder: string) {
    this.#child = child;
    this.url = url;
    this.#folder = folder;
  }

  static async start({ ports, changes = [] }: NginxOptions): Promise<NginxProcess> {
    const program = nginxProgram();
    if (program === null) throw new Error("nginx is missing; install Debian's package nginx-light");
    const folder = mkdtempSync(join(tmpdir(), "helium-nginx-"));
    // Started by root, nginx works as another user, who writes long bodies there.
    chmodSync(folder, 0o755);
    const port = await freePort();
    let recipe = readFileSync(`${root}deploy/nginx/helium.conf`, "utf8");
    const replace = (given: string, instead: string): void => {
      if (!recipe.includes(given)) throw new Error(`the recipe has no ${JSON.stringify(given)}`);
      recipe = recipe.replaceAll(given, instead);
    };
    ports.forEach((replica, at) => replace(`10.0.0.1${at + 1}:8000`, `127.0.0.1:${replica}`));
    replace("listen 80;", `listen 127.0.0.1:${port};`);
    replace("/var/log/nginx/helium.log", join(folder, "access.log"));
    for (const [given, instead] of changes) replace(given, instead);
    writeFileSync(join(folder, "helium.conf"), recipe);
    writeFileSync(join(folder, "nginx.conf"), frame(folder));
    const child = spawn(program, ["-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    const nginx = new NginxProcess(child, `http://127.0.0.1:${port}`, folder);
    for (const end = Date.now() + START_MS; !(await answers(nginx.url));) {
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      if (hasEnded || Date.now() > end) throw new Error(`nginx did not start: ${nginx.errors()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return nginx;
  }

  /** What it answered so far. */
  lines(): readonly ProxyLine[] {
    return wholeLines(join(this.#folder, "access.log")).map((line) => {
      const { id, path, status, replicas, statuses, key } = JSON.parse(line) as Record<string, string>;
      return {
        ...(key !== undefined && { key }),
        ...{ id: id ?? "", path: path ?? "", status: Number(status) },
        replicas: (replicas ?? "").split(", "),
        statuses: (statuses ?? "").split(", "),
      };
    });
  }

  /** What it answered to the last request of an id, which may come a moment after the answer. */
  async lineOf(id: string): Promise<ProxyLine> {
    for (const end = Date.now() + LOG_MS; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 5))) {
      const line = this.lines().findLast((each) => each.id === id);
      if (line) return line;
    }
    throw new Error(`nginx's log has no ${id}`);
  }

  /** Its log of errors. */
  errors(): string {
    const file = join(this.#folder, "error.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
    rmSync(this.#folder, { recursive: true });
  }
}

/** What Debian's own nginx.conf puts around the recipe, with all paths in one folder. */
const frame = (folder: string): string => `
daemon off;
worker_processes 1;
pid ${folder}/pid;
error_log ${folder}/error.log warn;
events { worker_connections 1024; }
http {
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  include ${folder}/helium.conf;
}
`;

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/metrics`).then(
    ({ status }) => status === 404,
    () => false,
  );
