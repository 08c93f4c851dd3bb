import type { RequestStats } from "@helium-lm/helium";
import { expect, it } from "vitest";
import { errorOf } from "../../test/echo-server.ts";
import { fakeServer } from "../../test/fake-server.ts";
import type { ModelServer } from "../model-server.ts";

const noStats: RequestStats = {
  ...{ promptTokens: 0, reusedTokens: 0, computedTokens: 0, newTokens: 0, forcedTokens: 0, preemptions: 0 },
  ...{ finishReason: null, firstTokenMs: null, totalMs: 0 },
};

const askText = (server: ModelServer, signal?: AbortSignal): Promise<Response> =>
  Promise.resolve(
    server.fetch(
      new Request("http://localhost/text", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
        ...(signal && { signal }),
      }),
    ),
  );

/** Nothing of any request is left. */
async function expectRest({ admission, state, metrics }: ModelServer): Promise<void> {
  await expect.poll(() => state.requests).toBe(0);
  const { running, waiting } = metrics.model("fake");
  expect({ running, waiting, places: admission.running, queue: admission.waiting }).toEqual({
    ...{ running: 0, waiting: 0, places: 0, queue: 0 },
  });
}

it("an engine that dies fails its requests once, and the next request has another", async () => {
  const { server, engines } = fakeServer();
  const dying = [askText(server), askText(server)];
  await expect.poll(() => engines[0]?.sinks.length).toBe(2);
  engines[0]?.die();
  for (const response of dying)
    expect(await errorOf(await response)).toMatchObject({ status: 500, type: "server_error", code: "internal_error" });
  const next = askText(server);
  await expect.poll(() => engines[1]?.sinks.length).toBe(1);
  engines[1]?.sinks[0]?.end({ ids: [7], finishReason: "eosTokenId", stats: noStats, warnings: [] });
  expect(await (await next).json()).toEqual({ ids: [7] });
  expect(engines[0]?.isDisposed).toBe(true);
  await expectRest(server);
  server.dispose();
});

it("a request takes no longer than allowed, and leaves nothing", async () => {
  const { server, engines } = fakeServer({ timeoutMs: 60 });
  const response = await askText(server);
  expect(await errorOf(response)).toMatchObject({ status: 408, type: "timeout_error", code: "request_timeout" });
  // Where the machine stood still, the time was over before the model was there.
  await expect.poll(() => engines.length).toBe(1);
  await expectRest(server);
  server.dispose();
});

it("a client that hangs up ends its text, or its place in the queue", async () => {
  const { server, engines } = fakeServer({ maxSequences: 1 });
  const [first, second] = [new AbortController(), new AbortController()];
  const asked = [askText(server, first.signal), askText(server, second.signal)];
  await expect.poll(() => server.admission.waiting).toBe(1);
  expect(server.metrics.model("fake")).toMatchObject({ running: 1, waiting: 1 });
  second.abort();
  await expect.poll(() => server.admission.waiting).toBe(0);
  expect(engines[0]?.sinks.length).toBe(1);
  first.abort();
  await Promise.all(asked);
  await expectRest(server);
  server.dispose();
});

it("one that hangs up while its model is loaded leaves nothing either", async () => {
  const { server, engines } = fakeServer();
  const leaving = new AbortController();
  const asked = askText(server, leaving.signal);
  leaving.abort();
  await asked;
  await expect.poll(() => engines.length).toBe(1);
  expect(engines[0]?.sinks).toEqual([]);
  await expectRest(server);
  server.dispose();
});

it("requests beyond the queue are told to come back", async () => {
  const { server, engines } = fakeServer({ maxSequences: 1, maxWaiting: 1 });
  const asked = [askText(server), askText(server)];
  await expect.poll(() => server.admission.waiting).toBe(1);
  const refused = await askText(server);
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(await errorOf(refused)).toMatchObject({ status: 429, type: "rate_limit_error", code: "queue_full" });
  for (const at of [0, 1]) {
    await expect.poll(() => engines[0]?.sinks.length).toBe(at + 1);
    engines[0]?.sinks[at]?.end({ ids: [at], finishReason: "maxLength", stats: noStats, warnings: [] });
    expect(await (await asked[at])?.json()).toEqual({ ids: [at] });
  }
  await expectRest(server);
  server.dispose();
});
