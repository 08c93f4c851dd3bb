import { fetchSource } from "@helium-lm/nn";
import { createHash } from "node:crypto";
import { contentDigest, downloadBlob } from "@helium-lm/helium/hub/download-blob";
import { HubHttp } from "@helium-lm/helium/hub/hub-http";
import { fetchListing } from "@helium-lm/helium/hub/hub-listing";
import type { Digest, PartialBlob } from "@helium-lm/helium/hub/hub-store";
import { urlSource } from "@helium-lm/helium/sources/url-source";
import type { Rng } from "@helium-lm/tensor";
import { below, chance, pick } from "../draw.ts";
import { jsonInputs, orRefused, utf8, type FuzzTarget } from "./target.ts";
import { textRun } from "../grow.ts";
import { mutateBytes } from "../mutate-bytes.ts";

const endpoint = "http://hub.invalid";
const retry = { attempts: 2, backoffMs: 0, longestWaitMs: 0, idleMs: 10_000 };
const commit = "a".repeat(40);

/** The bytes of a body in pieces of at most 64 KiB, as a network gives them. */
function streamed(body: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at >= body.length) return controller.close();
      controller.enqueue(body.subarray(at, (at += 2 ** 16)));
    },
  });
}

const http = (fetch: () => Promise<Response>, attempts = 1): HubHttp =>
  new HubHttp({ endpoint, token: "t", fetch, retry: { ...retry, attempts }, sendsIfRange: true });

/** The JSON that lists a repository's files. */
export function listingTarget(): FuzzTarget {
  const file = { rfilename: "config.json", size: 3, blobId: "b".repeat(40) };
  const large = {
    rfilename: "a/model.safetensors",
    size: 9,
    blobId: "b".repeat(40),
    lfs: { sha256: "c".repeat(64), size: 9 },
  };
  const listing = { _id: "x", id: "org/name", sha: commit, tags: ["a"], siblings: [file, large], gated: false };
  return {
    ...jsonInputs([listing, { sha: commit, siblings: [large] }]),
    read: async (input) => {
      const hub = http(async () => new Response(input.length < 2 ** 16 ? input.slice() : streamed(input)));
      for (const path of (await fetchListing(hub, "org/name", "main")).files.keys())
        if (/(?:^|\/)\.\.(?:\/|$)|^\/|\\/.test(path)) throw new Error(`the listing led to ${JSON.stringify(path)}`);
    },
  };
}

/** One answer of a server. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const content = utf8.encode("0123456789abcdef");
const sha256 = createHash("sha256").update(content).digest("hex");
const separator = "\n\n";

/** As on the wire: status, headers, an empty line, the body. */
function wire({ status, headers, body }: Answer): Uint8Array {
  const head = utf8.encode(
    `${status}\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n")}${separator}`,
  );
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** @throws TypeError for what `fetch` would not take */
function response(input: Uint8Array): Response {
  let end = 0;
  while (end < input.length && !(input[end] === 10 && input[end + 1] === 10)) end++;
  const [status = "", ...lines] = String.fromCharCode(...input.subarray(0, Math.min(end, 4096))).split("\n");
  const headers = lines.map(
    (line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)] as [string, string],
  );
  const body = input.subarray(end + separator.length);
  if (Number(status) === 204 || Number(status) === 304) return new Response(null, { status: Number(status), headers });
  return new Response(body.length < 2 ** 16 ? body.slice() : streamed(body), { status: Number(status), headers });
}

const statuses = [200, 206, 206, 206, 416, 404, 401, 403, 429, 500, 503, 301, 204, 304, 599, 100, 0];
const headerValues: Readonly<Record<string, readonly string[]>> = {
  "content-range": [
    ...[
      "bytes 4-15/16",
      "bytes 0-15/16",
      "bytes 0-7/16",
      "bytes */16",
      "bytes */0",
      "bytes 4-15/*",
      "bytes 4-99999999999999999999/16",
    ],
    ...["bytes 4-15/9007199254740993", "items 4-15/16", "bytes -4-15/16", "bytes 4-3/16", "bytes 04-15/16", ""],
  ],
  "content-length": ["16", "12", "0", "-1", "1e9", "99999999999999999999", "x"],
  "content-encoding": ["identity", "gzip", "br", ""],
  etag: ['"a"', 'W/"a"', "a", '"', "", '"b"'],
  "retry-after": ["0", "1", "99999999", "-1", "Wed, 21 Oct 2015 07:28:00 GMT", "never", "1e3"],
  "x-error-code": ["RepoNotFound", "RevisionNotFound", "EntryNotFound", "GatedRepo", "", "__proto__"],
  location: ["http://elsewhere.invalid/", "/", "http://", "file:///etc/passwd"],
};

function drawnAnswer(rng: Rng, body: Uint8Array): Uint8Array {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(headerValues))
    if (chance(rng, 0.4)) headers[name] = chance(rng, 0.5) ? (values[0] ?? "") : pick(rng, values);
  return wire({ status: pick(rng, statuses), headers, body });
}

const mutatedBody = (rng: Rng): Uint8Array => {
  const from = pick(rng, [0, 0, 4, 4, below(rng, 17)]);
  const part = content.slice(from, pick(rng, [16, 16, 8, below(rng, 17)]));
  if (chance(rng, 0.1) && part.length > 0) part[0] = below(rng, 256);
  return part;
};

/** Bodies and headers of any length. */
const grownAnswer = (rng: Rng, size: number): Uint8Array => {
  const body = utf8.encode(textRun(rng, size));
  return drawnAnswer(rng, body);
};

/** The partial file of a download, in memory. */
class MemoryPartial implements PartialBlob {
  validator: string | null = '"a"';
  #bytes: Uint8Array[];
  size: number;
  committed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = [bytes];
    this.size = bytes.length;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    yield* this.#bytes;
  }

  restart(validator: string | null): Promise<void> {
    [this.#bytes, this.size, this.validator] = [[], 0, validator];
    return Promise.resolve();
  }

  append(bytes: Uint8Array): Promise<void> {
    this.#bytes.push(bytes);
    this.size += bytes.length;
    return Promise.resolve();
  }

  commit(): Promise<void> {
    this.committed = true;
    return Promise.resolve();
  }

  discard(): Promise<void> {
    return this.restart(null);
  }
}

const createDigest = (algorithm: "sha1" | "sha256"): Digest => {
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), finish: () => hash.digest("hex") };
};

/** What a content server answers to the rest of a file of which four bytes are here. */
export function downloadTarget(): FuzzTarget {
  const blob = { hash: sha256, algorithm: "sha256" as const, size: content.length };
  return {
    mutated: (rng) => (chance(rng, 0.5) ? restAnswer(rng) : drawnAnswer(rng, mutatedBody(rng))),
    grown: grownAnswer,
    read: async (input) => {
      const partial = new MemoryPartial(content.slice(0, 4));
      // The second request, if there is one, is answered in the same way.
      const hub = http(async () => response(input), 1);
      await downloadBlob(partial, { http: hub, subject: "x", url: `${endpoint}/x`, blob, createDigest });
      const digest = contentDigest(createDigest, blob);
      for await (const chunk of partial.chunks()) digest.update(chunk);
      if (!partial.committed || digest.finish() !== blob.hash) throw new Error("took another file for the one listed");
    },
  };
}

/** The rest of a file of which four bytes are here, with a change. */
function restAnswer(rng: Rng): Uint8Array {
  const headers: Record<string, string> = { "content-range": "bytes 4-15/16", "content-length": "12", etag: '"a"' };
  const name = pick(rng, Object.keys(headerValues));
  headers[name] = pick(rng, headerValues[name] ?? []);
  const answer = wire({ status: 206, headers, body: content.slice(4) });
  return chance(rng, 0.3) ? mutateBytes(answer, rng) : answer;
}

/** An answer to a request for the first eight bytes, with a change or two. */
function rangeAnswer(rng: Rng): Uint8Array {
  const headers: Record<string, string> = { "content-range": "bytes 0-7/16", "content-length": "8", etag: '"a"' };
  for (let changes = below(rng, 3); changes > 0; changes--) {
    const name = pick(rng, Object.keys(headerValues));
    if (chance(rng, 0.3)) delete headers[name];
    else headers[name] = pick(rng, headerValues[name] ?? []);
  }
  const body = content.slice(0, chance(rng, 0.8) ? 8 : below(rng, 17));
  const answer = wire({ status: chance(rng, 0.8) ? 206 : pick(rng, statuses), headers, body });
  return chance(rng, 0.3) ? mutateBytes(answer, rng) : answer;
}

/** What a server answers to a request for some bytes of a model, and for its small files. */
export function rangeTarget(): FuzzTarget {
  return {
    mutated: (rng) => (chance(rng, 0.8) ? rangeAnswer(rng) : drawnAnswer(rng, mutatedBody(rng))),
    grown: grownAnswer,
    read: async (input) => {
      const fetch = async (): Promise<Response> => response(input);
      await orRefused(async () => urlSource(endpoint, { fetch, retry }).readBytes("config.json"));
      const source = await fetchSource(`${endpoint}/x`, { fetch });
      await source.read(0, Math.min(source.size, 8));
      await source.close();
    },
  };
}
