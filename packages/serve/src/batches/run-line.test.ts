import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import type { BatchLine } from "./batch-line.ts";
import { isSuccess, notRun, runLine } from "./run-line.ts";

const line: BatchLine = { custom_id: "a", method: "POST", url: "/v1/completions", body: { prompt: "é\n" } };
const answer = (status: number, body: unknown = {}): Response =>
  Response.json(body, { status, headers: { "x-request-id": "req-1", "retry-after": "0" } });

test("a line is asked of the handler as a client asks, and its answer stands in OpenAI's form", async () => {
  const asked: unknown[] = [];
  const outcome = await runLine(line, {
    fetch: async (request) => {
      asked.push([
        request.method,
        new URL(request.url).pathname,
        request.headers.get("content-type"),
        await request.json(),
      ]);
      return answer(200, { choices: [] });
    },
  });
  expect(asked).toEqual([["POST", "/v1/completions", "application/json", { prompt: "é\n" }]]);
  expect(outcome).toEqual({
    id: expect.stringMatching(/^batch_req_[0-9a-f]{24}$/) as string,
    custom_id: "a",
    response: { status_code: 200, request_id: "req-1", body: { choices: [] } },
    error: null,
  });
  expect(isSuccess(outcome)).toBe(true);
});

test("a refusal is the answer, and a server that is busy or fails is asked again", async () => {
  const run = async (...statuses: number[]): Promise<[number | undefined, number]> => {
    let calls = 0;
    const outcome = await runLine(line, { attempts: 3, fetch: () => answer(statuses[calls++] ?? 200) });
    return [outcome.response?.status_code, calls];
  };
  expect(await run(400)).toEqual([400, 1]);
  expect(await run(429, 503)).toEqual([200, 3]);
  expect(await run(500, 500, 500, 200)).toEqual([500, 3]);
});

test("a line that is given up has no outcome", async () => {
  const ending = new AbortController();
  const reason = new Error("enough");
  const given = runLine(line, {
    signal: ending.signal,
    fetch: (request) => {
      ending.abort(reason);
      expect(request.signal.aborted).toBe(true);
      return answer(408);
    },
  });
  await expect(given).rejects.toBe(reason);
  const waiting = new AbortController();
  const busy = runLine(line, {
    signal: waiting.signal,
    fetch: () => {
      queueMicrotask(() => setTimeout(() => waiting.abort(reason)));
      return Response.json({}, { status: 503, headers: { "retry-after": "50" } });
    },
  });
  await expect(busy).rejects.toBe(reason);
});

test("a line that was not run says why", () => {
  const outcome = notRun("a", { code: "batch_cancelled", message: "m" });
  expect(outcome).toMatchObject({ custom_id: "a", response: null, error: { code: "batch_cancelled", message: "m" } });
  expect(isSuccess(outcome)).toBe(false);
});

test("the signal of a batch hears nothing of the lines that are done", async () => {
  const { signal } = new AbortController();
  const listening = (): number => getEventListeners(signal, "abort").length;
  for (let i = 0; i < 20; i++) {
    await runLine(line, { signal, fetch: () => answer(200) });
    expect(listening()).toBe(0);
  }
  await expect(runLine(line, { signal, fetch: () => Promise.reject(new Error("no")) })).rejects.toThrow("no");
  expect(listening()).toBe(0);
});
