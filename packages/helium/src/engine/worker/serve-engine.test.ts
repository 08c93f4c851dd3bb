import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { EngineStats } from "../engine-options.ts";
import type { FromWorker, Message, ToWorker } from "./protocol.ts";
import { serveEngine } from "./serve-engine.ts";

const nano = fileURLToPath(new URL("../../../../../models/helium-nano", import.meta.url));

/** The worker's side in this thread. */
async function openHere(): Promise<{
  readonly said: Message<FromWorker>[];
  readonly ask: (message: Message<ToWorker>) => void;
  readonly until: (isThere: (said: readonly Message<FromWorker>[]) => boolean) => Promise<void>;
}> {
  const said: Message<FromWorker>[] = [];
  let wake = (): void => undefined;
  const ask = serveEngine((message) => {
    said.push(structuredClone(message));
    wake();
  });
  const until = async (isThere: (said: readonly Message<FromWorker>[]) => boolean): Promise<void> => {
    while (!isThere(said)) await new Promise<void>((resolve) => (wake = resolve));
  };
  ask({ kind: "open", location: nano, load: { backend: "cpu" }, engine: { maxTokens: 4096 } });
  await until((messages) => messages.some(({ kind }) => kind === "opened"));
  return { said, ask, until };
}

const ways = [{}, { doSample: true, seed: 7 }, { logprobs: 2 }, { grammar: { regex: "[a-z ]*" } }] as const;

test.each([
  ["greedy texts", [{}]],
  ["texts of all kinds", ways],
])(
  "%s: tokens in order and before the end, in one message for each pass where the texts are of one kind",
  async (_, asked) => {
    const { said, ask, until } = await openHere();
    const base = { maxNewTokens: 6, eosTokenId: null };
    for (let id = 0; id < 8; id++)
      ask({ kind: "submit", id, request: { ...base, inputIds: [5 + id, 9, 11], ...asked[id % asked.length] } });
    await until((messages) => messages.filter(({ kind }) => kind === "ended").length === 8);
    ask({ kind: "call", id: 99, call: { name: "stats", request: null } });
    await until((messages) => messages.some(({ kind }) => kind === "answer"));
    const stats = said.findLast((message) => message.kind === "answer")?.answer as EngineStats;
    const batches = said.filter((message) => message.kind === "tokens");
    if (asked.length === 1) expect(batches.length).toBeLessThanOrEqual(stats.passes);
    for (let id = 0; id < 8; id++) {
      const own = batches.flatMap(({ tokens }) => tokens).filter((token) => token.id === id);
      expect(own.map(({ token }) => token.index)).toEqual([0, 1, 2, 3, 4, 5]);
      const end = said.findIndex((message) => message.kind === "ended" && message.id === id);
      const last = said.findLastIndex(
        (message) => message.kind === "tokens" && message.tokens.some((token) => token.id === id),
      );
      expect(last).toBeLessThan(end);
      const { result } = said[end] as Message<Pick<FromWorker, "ended">>;
      expect(result.ids).toEqual(own.map(({ token }) => token.id));
      expect(own.at(-1)?.stats).toEqual(result.stats);
      expect(result.stats).toMatchObject({ promptTokens: 3, newTokens: 6 });
    }
  },
);
