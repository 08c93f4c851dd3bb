import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeFile {
  readonly bytes: Uint8Array;
  /** Kept in large-file storage, on a content server of another origin. */
  readonly isLarge: boolean;
}

export interface Seen {
  readonly server: "hub" | "content";
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** What a test makes the server do with a request instead: true if it has answered. */
export type Fault = (request: Seen, response: ServerResponse, content: Uint8Array | null) => boolean;

const gitSha1 = (bytes: Uint8Array): string =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
export const hashOf = ({ bytes, isLarge }: FakeFile): string => (isLarge ? sha256(bytes) : gitSha1(bytes));

/** The tag under which large-file storage has a file. */
export const contentTag = (bytes: Uint8Array): string => `"tag-${sha256(bytes).slice(0, 8)}"`;

/**
 * A hub and its content server on the loopback interface, with byte ranges, entity tags and redirects as the real one has
 * them: large files lie on another origin, under a tag that is not their hash.
 */
export class FakeHub {
  readonly seen: Seen[] = [];
  /** Asked one after the other; the first that answers wins. */
  faults: Fault[] = [];
  /** repository → commit → path → file */
  readonly #repos = new Map<string, Map<string, Map<string, FakeFile>>>();
  readonly #refs = new Map<string, string>();
  readonly #gated = new Map<string, string>();
  readonly #servers: readonly [Server, Server];

  private constructor() {
    const hub = createServer((request, response) => this.#answer("hub", request, response));
    const content = createServer((request, response) => this.#answer("content", request, response));
    this.#servers = [hub, content];
  }

  static async start(): Promise<FakeHub> {
    const fake = new FakeHub();
    await Promise.all(
      fake.#servers.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    );
    return fake;
  }

  get endpoint(): string {
    return this.#origin(0);
  }

  /** Adds a commit and moves `revision` there; gives the commit. A dataset's repository is `datasets/org/name`. */
  push(repo: string, files: Readonly<Record<string, Uint8Array | string>>, revision = "main"): string {
    const tree = new Map<string, FakeFile>();
    for (const [path, given] of Object.entries(files)) {
      const bytes = typeof given === "string" ? new TextEncoder().encode(given) : given;
      tree.set(path, { bytes, isLarge: /\.(?:safetensors|gguf|parquet)$/.test(path) });
    }
    const commits = this.#repos.get(repo) ?? new Map<string, Map<string, FakeFile>>();
    const commit = createHash("sha1")
      .update(`${repo} ${commits.size} ${[...tree.keys()].join()}`)
      .digest("hex");
    this.#repos.set(repo, commits.set(commit, tree));
    this.#refs.set(`${repo}@${revision}`, commit);
    return commit;
  }

  /** Only this token may read the repository. */
  gate(repo: string, token: string): void {
    this.#gated.set(repo, token);
  }

  file(repo: string, commit: string, path: string): FakeFile {
    const file = this.#repos.get(repo)?.get(commit)?.get(path);
    if (file === undefined) throw new Error(`no ${path} in ${repo}`);
    return file;
  }

  /** Requests for the content of a file, in order. */
  fetches(path: string): Seen[] {
    return this.seen.filter(({ path: asked, server }) => asked.endsWith(`/${path}`) && server === "content");
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #origin(index: 0 | 1): string {
    return `http://127.0.0.1:${(this.#servers[index].address() as AddressInfo).port}`;
  }

  #answer(server: Seen["server"], request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "authorization, range");
    response.setHeader("access-control-expose-headers", "content-range, content-length, etag, x-error-code");
    if (request.method === "OPTIONS") {
      response.end();
      return;
    }
    const url = new URL(request.url ?? "/", "http://x");
    const seen: Seen = { server, method: request.method ?? "", path: url.pathname, headers: request.headers };
    this.seen.push(seen);
    const content = this.#contentOf(url.pathname);
    if (this.faults.some((fault) => fault(seen, response, content?.bytes ?? null))) return;
    if (server === "content") this.#send(seen, response, content, content ? contentTag(content.bytes) : '""');
    else if (url.pathname.startsWith("/api/")) this.#list(seen, response);
    else this.#resolve(seen, response, content);
  }

  #contentOf(path: string): FakeFile | undefined {
    const [, repo = "", commit = "", file = ""] =
      /^\/((?:datasets\/)?[^/]+\/[^/]+)\/resolve\/([^/]+)\/(.*)$/.exec(path) ?? [];
    const named = this.#refs.get(`${repo}@${decodeURIComponent(commit)}`) ?? commit;
    return this.#repos.get(repo)?.get(named)?.get(decodeURIComponent(file));
  }

  #mayRead(repo: string, { headers }: Seen, response: ServerResponse): boolean {
    const token = this.#gated.get(repo);
    if (token === undefined || headers.authorization === `Bearer ${token}`) return true;
    response.writeHead(headers.authorization === undefined ? 401 : 403, { "x-error-code": "GatedRepo" }).end();
    return false;
  }

  #list(seen: Seen, response: ServerResponse): void {
    const [, repo = "", named = ""] =
      /^\/api\/(?:models\/)?((?:datasets\/)?[^/]+\/[^/]+)\/revision\/(.*)$/.exec(seen.path) ?? [];
    const commits = this.#repos.get(repo);
    if (commits === undefined) {
      response.writeHead(seen.headers.authorization ? 404 : 401, { "x-error-code": "RepoNotFound" }).end();
      return;
    }
    if (!this.#mayRead(repo, seen, response)) return;
    const revision = decodeURIComponent(named);
    const commit = commits.has(revision) ? revision : this.#refs.get(`${repo}@${revision}`);
    if (commit === undefined) {
      response.writeHead(404, { "x-error-code": "RevisionNotFound" }).end();
      return;
    }
    const siblings = [...(commits.get(commit) ?? [])].map(([rfilename, file]) => ({
      rfilename,
      size: file.bytes.length,
      blobId: gitSha1(file.bytes),
      ...(file.isLarge && { lfs: { sha256: sha256(file.bytes), size: file.bytes.length, pointerSize: 130 } }),
    }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: repo, sha: commit, siblings }));
  }

  #resolve(seen: Seen, response: ServerResponse, file: FakeFile | undefined): void {
    const [, repo = "", revision = ""] = /^\/((?:datasets\/)?[^/]+\/[^/]+)\/resolve\/([^/]+)\//.exec(seen.path) ?? [];
    if (!this.#mayRead(repo, seen, response)) return;
    response.setHeader("x-repo-commit", this.#refs.get(`${repo}@${revision}`) ?? revision);
    if (file?.isLarge) {
      response.setHeader("x-linked-etag", `"${sha256(file.bytes)}"`);
      response.setHeader("x-linked-size", file.bytes.length);
      response.writeHead(302, { location: this.#origin(1) + seen.path }).end();
    } else {
      this.#send(seen, response, file, `"${file ? gitSha1(file.bytes) : ""}"`);
    }
  }

  #send({ headers }: Seen, response: ServerResponse, file: FakeFile | undefined, tag: string): void {
    if (file === undefined) {
      response.writeHead(404, { "x-error-code": "EntryNotFound" }).end();
      return;
    }
    sendRange(response, headers, file.bytes, tag);
  }
}

/** Answers with the bytes that the headers ask for. */
export function sendRange(
  response: ServerResponse,
  headers: IncomingMessage["headers"],
  bytes: Uint8Array,
  tag: string,
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  const isSame = headers["if-range"] === undefined || headers["if-range"] === tag;
  response.setHeader("etag", tag);
  if (headers.range !== undefined && isSame && from >= bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  const isPart = headers.range !== undefined && isSame;
  const sent = isPart ? bytes.subarray(from) : bytes;
  if (isPart) response.setHeader("content-range", `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
  response.writeHead(isPart ? 206 : 200, { "content-length": sent.length });
  response.end(sent);
}
