import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ByteSourceError } from "../../errors.ts";
import { fetchSource } from "./fetch-source.ts";
import { SafetensorsFile } from "../safetensors/safetensors-reader.ts";

const bytes = new Uint8Array(
  readFileSync(new URL("../../../../../fixtures/models/helium/causal/model.safetensors", import.meta.url)),
);

type Handler = (request: IncomingMessage, response: ServerResponse, first: number, last: number) => void;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A local server whose handler gets the range that was asked for; gives its address. */
async function serve(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    handler(request, response, Number(first), Number(last));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.safetensors`;
}

interface Lie {
  readonly range?: string;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers as a good server does, but for the lie. */
function answer(response: ServerResponse, first: number, last: number, { range, body, headers }: Lie = {}): void {
  const end = Math.min(last, bytes.length - 1);
  response.writeHead(206, { "content-range": range ?? `bytes ${first}-${end}/${bytes.length}`, ...headers });
  response.end(body ?? bytes.subarray(first, end + 1));
}

describe("fetchSource", () => {
  it("refuses options that it has not", async () => {
    const attempt = fetchSource("https://models.test/a", { idleMS: 5 } as object);
    await expect(attempt).rejects.toThrow(ByteSourceError);
    await expect(attempt).rejects.toThrow("idleMS: is not an option of fetchSource; did you mean idleMs?");
  });

  it("reads a checkpoint by ranges, with the headers given", async () => {
    let sent = 0;
    const url = await serve((request, response, first, last) => {
      expect(request.headers.authorization).toBe("Bearer secret");
      sent += last + 1 - first;
      answer(response, first, last);
    });
    const file = await SafetensorsFile.open(
      await fetchSource(`${url}?signature=secret`, { headers: { authorization: "Bearer secret" } }),
    );
    expect(file.name).toBe(url);
    const name = "model.layers.2.post_attention_layernorm.weight";
    const { begin, end } = file.entry(name);
    expect(await file.readBytes(name)).toEqual(bytes.slice(begin, end));
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(sent).toBe(8 + 8 + headerBytes + (end - begin));
    await file.close();
    await expect(file.readBytes(name)).rejects.toThrow(/was closed/);
  });

  it("asks once for neighbours, and for no more than four ranges at a time", async () => {
    const ranges: string[] = [];
    let [open, most] = [0, 0];
    const url = await serve((_, response, first, last) => {
      ranges.push(`${first}-${last}`);
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        answer(response, first, last);
      }, 5);
    });
    const source = await fetchSource(url);
    const [a, b] = await Promise.all([source.read(100, 50), source.read(160, 40)]);
    expect([a, b]).toEqual([bytes.slice(100, 150), bytes.slice(160, 200)]);
    expect(a.buffer.byteLength).toBe(50);
    expect(ranges).toEqual(["0-7", "100-199"]);
    const apart = Array.from({ length: 7 }, (_, n) => 8192 * n);
    const given = await Promise.all(apart.map((at) => source.read(at, 8)));
    expect(given).toEqual(apart.map((at) => bytes.slice(at, at + 8)));
    expect(most).toBeLessThanOrEqual(4);
  });

  it("takes an empty and a tiny file", async () => {
    const empty = await serve((_, response) => response.writeHead(416, { "content-range": "bytes */0" }).end());
    expect((await fetchSource(empty)).size).toBe(0);
    const tiny = await serve((_, response) => response.writeHead(206, { "content-range": "bytes 0-2/3" }).end("abc"));
    const source = await fetchSource(tiny);
    expect(source.size).toBe(3);
    await expect(SafetensorsFile.open(source)).rejects.toThrow(/has 3 bytes, but a safetensors file has at least 8/);
  });

  it.each<[string, Handler, RegExp]>([
    [
      "sends its page for every name",
      (_, response) => response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html>"),
      /^http:.*model\.safetensors: the server answered with a page \(text\/html\)/,
    ],
    [
      "sends less of a whole file than it says",
      (_, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("abc", () => response.destroy());
      },
      /cannot be fetched/,
    ],
    ["has no such file", (_, response) => response.writeHead(404).end("nothing here"), /answered 404 Not Found/],
    ["wants a token", (_, response) => response.writeHead(401).end(), /answered 401.*access token/],
    ["sends no Content-Range", (_, response) => response.writeHead(206).end("12345678"), /Content-Range is none/],
    [
      "does not tell the size",
      (_, r, first, last) => answer(r, first, last, { range: "bytes 0-7/*" }),
      /Content-Range is bytes 0-7\/\*/,
    ],
    [
      "sends another range",
      (_, r, first, last) => answer(r, first, last, { range: "bytes 8-15/100" }),
      /Content-Range is bytes 8-15\/100/,
    ],
    [
      "claims an impossible size",
      (_, r, first, last) => answer(r, first, last, { range: `bytes 0-7/${"9".repeat(30)}` }),
      /Content-Range is/,
    ],
    [
      "sends too little",
      (_, r, first, last) => answer(r, first, last, { body: new Uint8Array(3) }),
      /gave 3 of 8 bytes at 0/,
    ],
    [
      "sends too much",
      (_, r, first, last) => answer(r, first, last, { body: new Uint8Array(100) }),
      /gave 100 of 8 bytes at 0/,
    ],
    [
      "compresses",
      (_, r, first, last) => answer(r, first, last, { headers: { "content-encoding": "gzip" } }),
      /model.safetensors: /,
    ],
    ["hangs up", (request) => request.socket.destroy(), /cannot be fetched/],
    [
      "hangs up in the body",
      (_, response) => {
        response.writeHead(206, { "content-range": "bytes 0-7/100", "content-length": "8" });
        response.write("abc", () => response.destroy());
      },
      /cannot be fetched/,
    ],
  ])("refuses a server that %s", async (_, handler, message) => {
    const attempt = fetchSource(`${await serve(handler)}?token=secret`);
    await expect(attempt).rejects.toBeInstanceOf(ByteSourceError);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toSatisfy((error: Error) => !error.message.includes("secret"));
  });

  it.each([
    ["as long as it says", { "content-length": String(bytes.length) }],
    ["of unknown length", {}],
  ])("takes the whole file, %s, of a server that ignores ranges, and keeps it", async (_, headers) => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests++;
      response.writeHead(200, headers).end(bytes);
    });
    const wholes = new Map<string, Blob>();
    const source = await fetchSource(`${url}?token=secret`, { wholes });
    expect(source).toMatchObject({ name: url, size: bytes.length });
    expect(await source.read(100, 1000)).toEqual(bytes.slice(100, 1100));
    await source.close();
    const again = await fetchSource(`${url}?token=secret`, { wholes });
    expect(await again.read(0, bytes.length)).toEqual(bytes);
    expect(requests).toBe(1);
  });

  it("refuses a server that ignores ranges after the first", async () => {
    let requests = 0;
    const url = await serve((_request, response, first, last) =>
      requests++ === 0 ? answer(response, first, last) : response.writeHead(200).end(bytes),
    );
    const source = await fetchSource(url);
    await expect(source.read(8, 8)).rejects.toThrow(/ignores byte ranges \(status 200, expected 206\)/);
  });

  it.each<[string, Lie]>([
    ["size", { range: "bytes 8-15/99" }],
    ["etag", { headers: { etag: '"new"' } }],
  ])("notices a file that changes its %s while it is read", async (_, lie) => {
    let requests = 0;
    const url = await serve((_request, response, first, last) =>
      answer(response, first, last, requests++ === 0 ? { headers: "headers" in lie ? { etag: '"old"' } : {} } : lie),
    );
    const source = await fetchSource(url);
    await expect(source.read(8, 8)).rejects.toThrow(/changed on the server/);
  });

  it("takes a weakened etag for the same file", async () => {
    let requests = 0;
    const url = await serve((_request, response, first, last) =>
      answer(response, first, last, { headers: { etag: requests++ === 0 ? '"tag"' : 'W/"tag"' } }),
    );
    expect(await (await fetchSource(url)).read(8, 8)).toEqual(bytes.slice(8, 16));
  });

  it("stays calm when a lying header asks for an impossible allocation", async () => {
    const size = 2 ** 48;
    const header = new TextEncoder().encode(
      JSON.stringify({ a: { dtype: "U8", shape: [size], data_offsets: [0, size] } }),
    );
    const url = await serve((_, response, first, last) => {
      const total = 8 + header.length + size;
      const file = new Uint8Array(8 + header.length);
      new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
      file.set(header, 8);
      answer(response, first, last, { range: `bytes ${first}-${last}/${total}`, body: file.subarray(first, last + 1) });
    });
    const file = await SafetensorsFile.open(await fetchSource(url));
    await expect(file.readBytes("a")).rejects.toBeInstanceOf(ByteSourceError);
  });

  it("stops a silent server on abort, with the signal's own reason", async () => {
    const url = await serve(() => {});
    const controller = new AbortController();
    const attempt = fetchSource(url, { signal: controller.signal });
    controller.abort(new RangeError("enough"));
    await expect(attempt).rejects.toThrow("enough");
  });

  it("stops a read on abort", async () => {
    const controller = new AbortController();
    let requests = 0;
    const url = await serve((_, response, first, last) => {
      if (requests++ === 0) answer(response, first, last);
      else controller.abort(new RangeError("enough"));
    });
    const source = await fetchSource(url, { signal: controller.signal });
    await expect(source.read(0, 100)).rejects.toThrow(new RangeError("enough"));
  });

  it("uses the fetch it is given", async () => {
    const asked: string[] = [];
    const fake: typeof fetch = async (input, init) => {
      const range = new Headers(init?.headers).get("range") ?? "";
      asked.push(`${input as string} ${range}`);
      return new Response(bytes.slice(0, 8), {
        status: 206,
        headers: { "content-range": `bytes 0-7/${bytes.length}` },
      });
    };
    const source = await fetchSource(new URL("https://models.test/a#b"), { fetch: fake });
    expect(source).toMatchObject({ name: "https://models.test/a", size: bytes.length });
    expect(asked).toEqual(["https://models.test/a#b bytes=0-7"]);
  });
});
