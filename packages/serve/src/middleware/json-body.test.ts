import { describe, expect, it } from "vitest";
import { ask, echoServer, errorOf, send } from "../../test/echo-server.ts";

const server = echoServer({ bodyLimit: 1000 });

/** A body in pieces, whose length is not said; `null` ends it. */
const pieces = (next: () => string | null | Promise<string | null>, onCancel = (): void => undefined): ReadableStream =>
  new ReadableStream({
    pull: async (controller) => {
      const piece = await next();
      if (piece === null) controller.close();
      else controller.enqueue(new TextEncoder().encode(piece));
    },
    cancel: onCancel,
  });

describe("a body", () => {
  it("comes through as it is, with its length or without", async () => {
    const value = { text: "Grüße, 世界 😀", list: [1, null, { a: true }] };
    for (const type of [
      "application/json",
      "application/json; charset=utf-8",
      "Application/JSON",
      "application/vnd.x+json",
    ])
      expect(await (await send(server, JSON.stringify(value), { "content-type": type })).json()).toMatchObject({
        body: value,
      });
    const text = JSON.stringify(value);
    let at = 0;
    const response = await send(
      server,
      pieces(() => (at < text.length ? text.slice(at, (at += 7)) : null)),
    );
    expect(await response.json()).toMatchObject({ body: value });
  });

  it("may be as large as the limit, and not larger", async () => {
    const ofSize = (size: number): string => JSON.stringify("x".repeat(size - 2));
    expect((await send(server, ofSize(1000))).status).toBe(200);
    expect(await errorOf(await send(server, ofSize(1001)))).toMatchObject({ status: 413, code: "body_too_large" });
  });

  it("without a length is not read on behind the limit", async () => {
    let given = 0;
    let isCancelled = false;
    const endless = pieces(
      () => {
        given += 100;
        return "x".repeat(100);
      },
      () => (isCancelled = true),
    );
    expect(await errorOf(await send(server, endless))).toMatchObject({ status: 413 });
    expect(given).toBeLessThanOrEqual(1300);
    expect(isCancelled).toBe(true);
  });

  it("with a length above the limit is not read at all", async () => {
    const response = await ask(server, "/echo", {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": "1001" },
      body: new ReadableStream({ pull: () => expect.unreachable() }, { highWaterMark: 0 }),
    });
    expect(response.status).toBe(413);
  });

  it("that does not come is waited for no longer than a request may take", async () => {
    const response = await send(
      echoServer({ timeoutMs: 200 }),
      pieces(() => new Promise(() => undefined)),
    );
    expect(await errorOf(response)).toMatchObject({ status: 408, type: "timeout_error", code: "body_timeout" });
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
    "",
  ])("of type %j is refused", async (type) => {
    expect(await errorOf(await send(server, "{}", { "content-type": type }))).toMatchObject({
      ...{ status: 415, code: "unsupported_media_type" },
    });
  });

  it("is taken as Ollama's users send it with curl, below /api/ only", async () => {
    for (const headers of [{ "content-type": "application/x-www-form-urlencoded" }, { "content-type": "" }]) {
      const response = await send(server, '{"model":"a"}', { path: "/api/echo", ...headers });
      expect(await response.json()).toEqual({ body: { model: "a" } });
    }
    expect((await send(server, "{}", { path: "/api/echo", "content-type": "text/plain" })).status).toBe(415);
  });

  it.each(["", "{", "{'a': 1}", '{"a":1}}', "nonsense", '"\u0001"'])("%j is not JSON", async (text) => {
    const error = await errorOf(await send(server, text));
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error", code: "invalid_json" });
    if (text.length > 2) expect(error["message"]).not.toContain(text);
  });

  it("has to be UTF-8", async () => {
    const response = await send(server, new Uint8Array([0x22, 0xff, 0x22]));
    expect(await errorOf(response)).toMatchObject({ status: 400, code: "invalid_encoding" });
  });

  it("may be nested 256 levels deep, and not deeper", async () => {
    const ofDepth = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect((await send(server, ofDepth(256))).status).toBe(200);
    expect(await errorOf(await send(server, ofDepth(257)))).toMatchObject({ status: 400, code: "too_deep" });
    expect(await errorOf(await send(server, "[".repeat(900)))).toMatchObject({ status: 400, code: "too_deep" });
  });

  it("__proto__ is a key like any other", async () => {
    const text = '{"__proto__":{"polluted":true}}';
    expect(await (await send(server, text)).text()).toContain(`"body":${text}`);
    expect(({} as Record<string, unknown>)["polluted"]).toBe(undefined);
  });
});
