import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { CancelledError, logitsProcessor, type Engine, type EngineRequest } from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";

const longer = { max_position_embeddings: 1024 };
const idsOf = (seed: number, length: number): number[] =>
  Array.from({ length }, (_, t) => 4 + ((seed * 31 + t * t * 7 + t * 13) % 90));

const completion = { maxNewTokens: 6, doSample: true, topK: 20, generationConfig: {}, eosTokenId: [] } as const;
const caught = (attempt: Promise<unknown>): Promise<unknown> => attempt.catch((error: unknown) => error);

/** What the engine computes and finds for some requests that are there when a pass begins, since another one is under way. */
async function together(engine: Engine, requests: readonly EngineRequest[]) {
  // A request on whose way to the engine too much time has gone lets the event loop have its turn, and others pass it.
  const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
  using _clock = { [Symbol.dispose]: () => clock.mockRestore() };
  const busy = engine.submit({ ...completion, inputIds: [5, 6, 7], maxNewTokens: 2, cacheSalt: "another" });
  const before = engine.stats;
  const results = await Promise.all(requests.map((request) => engine.submit(request).result));
  await busy.result;
  const { computedTokens, reusedTokens, pages } = engine.stats;
  expect(pages.held).toBe(0);
  expect(results.reduce((sum, { stats }) => sum + stats.computedTokens, 0)).toBe(
    computedTokens - before.computedTokens - 4,
  );
  expect(results.reduce((sum, { stats }) => sum + stats.reusedTokens, 0)).toBe(reusedTokens - before.reusedTokens);
  return results;
}

describe.each(["cpu", "wasm"])("texts that begin alike and come together, on %s", (backend) => {
  const opened = openFixtureModel("helium", backend, longer);
  const kvDType = "f32";

  test.each([
    ["at once", 512],
    ["in pieces", 40],
  ])("several completions of one prompt compute it once, read %s", async (_, budget) => {
    const inputIds = idsOf(1, 200);
    const requests = [1, 2, 3, 4, 5].map((seed): EngineRequest => ({ ...completion, inputIds, seed }));
    using alone = opened.model.engine({ kvDType, keepPrefixes: false });
    const expected = [];
    for (const request of requests) expected.push((await alone.submit(request).result).ids);
    using engine = opened.model.engine({ kvDType, budget });
    const results = await together(engine, requests);
    expect(results.map(({ ids }) => ids)).toEqual(expected);
    // Three pages of 64 are the same; what is behind them each computes itself, and five of its new tokens.
    const own = 200 - 192 + 5;
    expect(results.map(({ stats }) => stats.computedTokens)).toEqual([192 + own, own, own, own, own]);
    expect(results.map(({ stats }) => stats.reusedTokens)).toEqual([0, 192, 192, 192, 192]);
  });

  test("a start that was stored before and one that is new are both taken over", async () => {
    using engine = opened.model.engine({ kvDType, budget: 64 });
    await engine.submit({ ...completion, inputIds: idsOf(2, 70), maxNewTokens: 1 }).result;
    const inputIds = [...idsOf(2, 64), ...idsOf(3, 150)];
    const results = await together(
      engine,
      [1, 2, 3].map((seed) => ({ ...completion, inputIds, seed, maxNewTokens: 1 })),
    );
    expect(results.map(({ stats }) => stats.reusedTokens)).toEqual([64, 192, 192]);
    expect(results.map(({ stats }) => stats.computedTokens)).toEqual([214 - 64, 214 - 192, 214 - 192]);
  });

  test("under another salt nothing is waited for or shared", async () => {
    using engine = opened.model.engine({ kvDType, budget: 512 });
    const inputIds = idsOf(4, 100);
    const salts = ["a", "b", "a", ""];
    /** The requests in the order in which their logits came. */
    const told: number[] = [];
    const results = await together(
      engine,
      salts.map((cacheSalt, i) => ({
        ...{ ...completion, inputIds, cacheSalt, maxNewTokens: 1 },
        logitsProcessors: [logitsProcessor("telling", () => void told.push(i))],
      })),
    );
    expect(results.map(({ stats }) => stats.reusedTokens)).toEqual([0, 0, 64, 0]);
    // All but the third are there with the first pass of theirs.
    expect(told.slice(0, 3).sort()).toEqual([0, 1, 3]);
  });

  test.each([48, 200, 1000])("texts that branch after some pages share these, %i tokens a pass", async (budget) => {
    using engine = opened.model.engine({ kvDType, budget });
    const prompts = [
      [...idsOf(5, 128), ...idsOf(6, 90)],
      [...idsOf(5, 128), ...idsOf(7, 90)],
      [...idsOf(5, 128), ...idsOf(7, 70), ...idsOf(8, 20)],
      idsOf(9, 80),
    ];
    const results = await together(
      engine,
      prompts.map((inputIds) => ({ ...completion, inputIds, maxNewTokens: 1 })),
    );
    expect(results.map(({ stats }) => stats.reusedTokens)).toEqual([0, 128, 192, 0]);
  });

  test("nobody waits for what is computed in any case, or for one who reads in smaller pieces", async () => {
    using engine = opened.model.engine({ kvDType, budget: 512 });
    const inputIds = idsOf(5, 90);
    const options = { ...completion, inputIds, maxNewTokens: 1 };
    const before = engine.stats.passes;
    const busy = engine.submit({ ...completion, inputIds: [5, 6, 7], maxNewTokens: 2, cacheSalt: "another" }).result;
    const slow = engine.submit({ ...options, prefillChunkSize: 1 }).result;
    const quick = engine.submit(options).result;
    const scores = opened.model.scoreTokens({ inputIds, engine });
    await Promise.all([quick, scores]);
    expect(engine.stats.passes - before).toBeLessThan(6);
    await Promise.all([busy, slow]);
    expect(engine.stats.passes - before).toBeGreaterThan(20);
  });

  test("rows of one call share their start as requests do", async () => {
    const options = { ...completion, doSample: false, inputIds: [idsOf(1, 150), [...idsOf(1, 130), ...idsOf(2, 20)]] };
    using alone = opened.model.engine({ kvDType, keepPrefixes: false });
    const { sequences } = await opened.model.generate({ ...options, engine: alone });
    using engine = opened.model.engine({ kvDType, budget: 64 });
    expect((await opened.model.generate({ ...options, engine })).sequences).toEqual(sequences);
    expect(engine.stats.reusedTokens).toBe(128);
  });
});

describe("a text that others wait for", () => {
  const opened = openFixtureModel("helium", "wasm", longer);
  const inputIds = idsOf(1, 400);
  const request = (seed: number): EngineRequest => ({ ...completion, inputIds, seed });

  test("may be cancelled, fail or end: the next one goes on", async () => {
    using alone = opened.model.engine({ keepPrefixes: false });
    const expected = [];
    for (const seed of [1, 2, 3]) expected.push((await alone.submit(request(seed)).result).ids);
    using engine = opened.model.engine({ budget: 32, kvDType: opened.model.kvDTypeFor(405) });
    for (const how of ["cancelled", "failing", "aborted"]) {
      engine.freeUnused();
      const controller = new AbortController();
      const failing = logitsProcessor("failing", () => {
        throw new RangeError("no");
      });
      const first = engine.submit({
        ...request(0),
        signal: controller.signal,
        ...(how === "failing" && { logitsProcessors: [failing] }),
      });
      const others = [1, 2, 3].map((seed) => engine.submit(request(seed)).result);
      while (engine.stats.passes % 4 !== 3) await new Promise((resolve) => setImmediate(resolve));
      if (how === "cancelled") first.cancel();
      if (how === "aborted") controller.abort(new Error("enough"));
      const error = await caught(first.result);
      expect(error).toBeInstanceOf(how === "cancelled" ? CancelledError : how === "failing" ? RangeError : Error);
      expect((await Promise.all(others)).map(({ ids }) => ids)).toEqual(expected);
      expect(engine.stats).toMatchObject({ running: 0, waiting: 0, pages: { held: 0 } });
    }
  });

  test("in any schedule, with little room: each text is as it is alone, and all of them end", async () => {
    const text = fc.record({
      family: fc.nat(2),
      length: fc.integer({ min: 1, max: 230 }),
      tail: fc.nat(3),
      salt: fc.constantFrom("", "", "a"),
      late: fc.nat(6),
      fate: fc.constantFrom("goes on", "goes on", "goes on", "is cancelled", "fails"),
      chunk: fc.constantFrom(null, null, 7),
    });
    const alone = new Map<string, Promise<readonly number[]>>();
    using lone = opened.model.engine({ keepPrefixes: false, kvDType: "f16" });
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 2, maxLength: 9 }),
        fc.integer({ min: 4, max: 14 }),
        fc.integer({ min: 5, max: 120 }),
        async (drawn, pages, budget) => {
          using engine = opened.model.engine({ maxTokens: 64 * pages, budget, kvDType: "f16" });
          await Promise.all(
            drawn.map(async ({ family, length, tail, salt, late, fate, chunk }, n) => {
              for (let turn = 0; turn < late; turn++) await new Promise((resolve) => setImmediate(resolve));
              const own = { ...completion, inputIds: [...idsOf(family, length), 4 + tail], seed: n };
              const key = JSON.stringify([family, length, tail, n]);
              const expected = alone.get(key) ?? lone.submit(own).result.then(({ ids }) => ids);
              alone.set(key, expected);
              const failing = logitsProcessor("failing", (_, ids) => {
                if (ids.length > length + 3) throw new RangeError("no");
              });
              const handle = engine.submit({
                ...own,
                cacheSalt: salt,
                ...(chunk !== null && { prefillChunkSize: chunk }),
                ...(fate === "fails" && { logitsProcessors: [failing] }),
              });
              if (fate === "is cancelled") setImmediate(() => handle.cancel());
              const result = await handle.result.catch((error: Error) => error);
              const ids = await expected;
              if (result instanceof Error)
                expect(result).toBeInstanceOf(fate === "fails" ? RangeError : CancelledError);
              else {
                expect(result).toMatchObject({ ids });
                const { computedTokens, reusedTokens, preemptions } = result.stats;
                const all = length + 1 + completion.maxNewTokens - 1;
                if (preemptions === 0) expect(computedTokens + reusedTokens).toBe(all);
                else expect(computedTokens + reusedTokens).toBeGreaterThan(all - 1);
                expect(reusedTokens).toBeLessThanOrEqual(length);
              }
            }),
          );
          expect(engine.stats).toMatchObject({ running: 0, waiting: 0, pages: { held: 0 } });
        },
      ),
      { numRuns: 60, seed: 20261130 },
    );
  });
});
