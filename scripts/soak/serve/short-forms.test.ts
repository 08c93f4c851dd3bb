import { afterAll, beforeAll, expect, it } from "vitest";
import { kills } from "./kills.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { queue } from "./queue.ts";
import { ServerProcess } from "../../../testing/serving/server-process.ts";

// The soaks of `npm run soak -- serve-…` in short: what is right or wrong is asserted, speed and memory are not.
let server: ServerProcess;
beforeAll(async () => {
  server = await ServerProcess.start([
    "--threads",
    "1",
    "--max-sequences",
    "4",
    "--queue",
    "16",
    "--kv-memory",
    "64MB",
  ]);
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

it("streams at once get the texts that they get alone", async () => {
  const report = await load(server, { clients: 6, seconds: 1, aloneSeconds: 0.2, maxTokens: 8 });
  expect(report).toMatchObject({ errors: [], promptsWithAnotherText: 0, leaks: {} });
});

it("clients beyond the queue are told to come back", async () => {
  const seen = new Set<string>();
  // Clients that stand still between their requests never fill the queue; others do.
  while (!seen.has("429")) {
    const report = await queue(server, { clients: 60 });
    expect(report).toMatchObject({ errors: [], others: [], withoutRetryAfter: 0, leaks: {} });
    for (const status of Object.keys(report.statuses)) seen.add(status);
  }
  expect(seen).toContain("200");
});

it("clients that are killed in the middle of a stream leave nothing", async () => {
  const report = await kills(server, { kills: 6, atOnce: 3 });
  expect(report).toMatchObject({ textsOfOthersThatDiffer: 0, leaks: {} });
});

it("many short requests are all answered", async () => {
  expect(await memory(server, { requests: 200, samples: 2 })).toMatchObject({ errors: [], leaks: {} });
});
