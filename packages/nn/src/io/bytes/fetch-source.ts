import { checkOptionNames, type OptionNames } from "@helium-lm/tensor";
import { blobSource, createByteSource, reasonOf, shortRead, type ByteSource } from "./byte-source.ts";
import { ByteSourceError } from "../../errors.ts";
import { isPage, pageError, readWhole } from "./fetch-whole.ts";
import { IdleTimer } from "./idle-timer.ts";
import { joinedReads } from "./joined-reads.ts";

/** Requests at a time: fewer than a page may send to one server, so that none waits for another to end, and is thought silent. */
const REQUESTS = 4;

export interface FetchSourceOptions {
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Sent with every request, e.g. `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends all requests. */
  readonly signal?: AbortSignal | undefined;
  /** A server that is silent for so long is given up. Default 30,000. */
  readonly idleMs?: number;
  /** Files that a server without ranges has sent, by address: one that is there is not fetched again. */
  readonly wholes?: Map<string, Blob>;
}

const optionNames: OptionNames<FetchSourceOptions> = {
  fetch: true,
  headers: true,
  signal: true,
  idleMs: true,
  wholes: true,
};

interface RangeAnswer {
  readonly bytes: Uint8Array;
  readonly total: number;
  readonly etag: string | null;
}

/** What a server without ranges sends when it is first asked. */
interface WholeAnswer {
  readonly whole: Blob;
}

/**
 * A source over HTTP byte ranges. The first request asks for 8 bytes and learns the size; no request asks for more than
 * what is read, and reads of neighbours that are asked for at once are one request. A server that ignores ranges sends the
 * whole file in answer to the first request, which is kept.
 *
 * @throws ByteSourceError naming the URL without its query, or an unknown option with the nearest
 */
export async function fetchSource(url: string | URL, options: FetchSourceOptions = {}): Promise<ByteSource> {
  checkOptionNames("fetchSource", options, optionNames, ByteSourceError);
  const address = String(url);
  // A query may carry a signature or a token, which must not reach a message or a log.
  const name = address.replace(/[?#].*$/s, "");
  const known = options.wholes?.get(address);
  if (known) return blobSource(known, name);
  const ask = (first: number, last: number): Promise<RangeAnswer | WholeAnswer> =>
    askRange(address, name, first, last, options);
  const start = await ask(0, 7);
  if ("whole" in start) {
    options.wholes?.set(address, start.whole);
    return blobSource(start.whole, name);
  }
  const { total, etag } = start;
  const readRange = joinedReads(async (offset, stretches) => {
    const length = stretches.reduce((sum, stretch) => sum + stretch.length, 0);
    const answer = await ask(offset, offset + length - 1);
    if ("whole" in answer) throw rangesIgnored(name);
    if (answer.total !== total || answer.etag !== etag) {
      throw new ByteSourceError(
        name,
        `changed on the server while being read (${total} → ${answer.total} bytes); open it again`,
        {
          given: answer.total,
          expected: total,
        },
      );
    }
    if (answer.bytes.length !== length) throw shortRead(name, offset, length, answer.bytes.length);
    if (stretches.length === 1) return [answer.bytes];
    let end = 0;
    return stretches.map((stretch) => answer.bytes.slice(end, (end += stretch.length)));
  }, REQUESTS);
  return createByteSource({ name, size: total, revision: etag ?? undefined, readRange, signal: options.signal });
}

/** Bytes `first … last`, or fewer where the file ends before. */
async function askRange(
  address: string,
  name: string,
  first: number,
  last: number,
  { fetch: request = fetch, headers, signal, idleMs = 30_000 }: FetchSourceOptions,
): Promise<RangeAnswer | WholeAnswer> {
  const idle = new IdleTimer(idleMs, signal);
  try {
    const response = await request(address, {
      headers: { ...headers, range: `bytes=${first}-${last}`, "accept-encoding": "identity" },
      signal: idle.signal,
    });
    try {
      return await readAnswer(response, name, first, last, idle);
    } finally {
      // Ends the transfer of a body that was refused; one that was read to its end is locked and needs no end.
      if (response.body !== null && !response.body.locked) await response.body.cancel();
    }
  } catch (cause) {
    if (cause instanceof ByteSourceError || signal?.aborted) throw cause;
    throw new ByteSourceError(
      name,
      `cannot be fetched (${reasonOf(cause)}); check the address and the network`,
      {},
      { cause },
    );
  } finally {
    idle.end();
  }
}

/** A server that had ranges before. */
const rangesIgnored = (name: string): ByteSourceError =>
  new ByteSourceError(
    name,
    "the server ignores byte ranges (status 200, expected 206); use one that supports them, or download the file",
    { given: 200, expected: 206 },
  );

async function readAnswer(
  response: Response,
  name: string,
  first: number,
  last: number,
  idle: IdleTimer,
): Promise<RangeAnswer | WholeAnswer> {
  const { status } = response;
  // Caches on the way may weaken a tag (W/) without changing the file.
  const etag = response.headers.get("etag")?.replace(/^W\//, "") ?? null;
  const contentRange = response.headers.get("content-range");
  const unsatisfied = /^bytes \*\/(\d+)$/.exec(contentRange ?? "");
  if (status === 416 && first === 0 && Number(unsatisfied?.[1]) === 0)
    return { bytes: new Uint8Array(0), total: 0, etag };
  if (isPage(response)) throw pageError(name);
  if (status === 200) {
    if (first > 0) throw rangesIgnored(name);
    return { whole: await readWhole(response, name, idle) };
  }
  if (status !== 206) {
    throw new ByteSourceError(
      name,
      `the server answered ${status} ${response.statusText}, expected 206; check the address and the access token`,
      {
        given: status,
        expected: 206,
      },
    );
  }
  const encoding = response.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") {
    throw new ByteSourceError(
      name,
      `the server compresses ranges (content-encoding ${encoding}); switch that off for this file`,
      {
        given: encoding,
      },
    );
  }
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? "");
  const total = Number(range?.[3]);
  const end = Math.min(last, total - 1);
  if (range === null || Number(range[1]) !== first || Number(range[2]) !== end || !Number.isSafeInteger(total)) {
    const given = contentRange === null ? "none (a page needs it in Access-Control-Expose-Headers)" : contentRange;
    throw new ByteSourceError(name, `asked for bytes ${first}-${last}, the server's Content-Range is ${given}`, {
      given: contentRange,
      expected: `bytes ${first}-${last}/*`,
    });
  }
  return { bytes: await readBody(response, name, first, end - first + 1, idle), total, etag };
}

/** The body, never more than `length` bytes of it. */
async function readBody(
  response: Response,
  name: string,
  offset: number,
  length: number,
  idle: IdleTimer,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const reader = response.body?.getReader();
  let filled = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) break;
    idle.touch();
    if (filled + chunk.value.length > length) {
      await reader?.cancel();
      throw shortRead(name, offset, length, filled + chunk.value.length);
    }
    bytes.set(chunk.value, filled);
    filled += chunk.value.length;
  }
  if (filled !== length) throw shortRead(name, offset, length, filled);
  return bytes;
}
