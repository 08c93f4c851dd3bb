import { describe, expect, test } from "vitest";
import { KvCache } from "@helium-lm/nn";
import type { Engine } from "../../src/engine/engine.ts";
import type { ClientOptions, EngineClient } from "../../src/engine/engine-client.ts";
import type { WorkRequest } from "../../src/engine/work.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

const opened = openFixtureModel("helium");

interface Ask extends Partial<Pick<WorkRequest, "signal">> {
  readonly ids: readonly number[];
  readonly visible?: readonly number[];
  readonly skip?: number;
  readonly outputs?: number;
}

/** Asks for one row of a client, from its first sequence on. */
function ask(client: EngineClient, { ids, visible, skip = 0, outputs = 1, signal }: Ask): Promise<number[][]> {
  if (client.cache.batchSize === 0) client.cache.addRows(1);
  const [sequence] = client.cache.sequences;
  const positions = ids.map((_, t) => Math.max(0, t - skip));
  const row = { ids, positions, visible: visible ?? null, skip, sequence: sequence!, outputs };
  return client
    .compute({ rows: [row], wanted: { kind: "logits" }, chunkSize: null, isWhole: false, signal })
    .then((logits) => logits.map((values) => [...values]));
}

/** The same for a client of its own. */
async function once(engine: Engine, given: Ask, options: ClientOptions = {}): Promise<number[][]> {
  const client = engine.open(options);
  try {
    return await ask(client, given);
  } finally {
    client.close();
  }
}

const textOf = (length: number, first = 1): number[] =>
  Array.from({ length }, (_, t) => 1 + ((first * 31 + t * 13) % 90));

describe("clients of one engine", () => {
  test("that want the logits of several tokens get their own, whoever shares the pass", async () => {
    using engine = opened.model.engine({ budget: 100 });
    const asks = [
      { ids: textOf(5), outputs: 3 },
      { ids: textOf(4, 2) },
      { ids: textOf(6, 3), outputs: 2 },
      { ids: textOf(3, 4) },
    ];
    const alone = [];
    for (const one of asks) alone.push(await once(engine, one));
    const before = engine.stats.passes;
    expect(await Promise.all(asks.map((one) => once(engine, one)))).toEqual(alone);
    expect(engine.stats.passes - before).toBeLessThan(asks.length);
    expect(alone.map((rows) => rows.length)).toEqual([3, 1, 2, 1]);
  });

  test("with keys and values of several types are each as alone", async () => {
    using engine = opened.model.engine();
    const prompts = (["f32", "bf16", "f32", "bf16"] as const).map((kvDType, n) => ({
      ...{ generationConfig: {}, inputIds: [textOf(9, n)], maxNewTokens: 4, kvDType },
      outputLogits: true,
    }));
    const together = await Promise.all(prompts.map((options) => opened.model.generate({ ...options, engine })));
    for (const [n, options] of prompts.entries()) {
      const alone = await opened.model.generate(options);
      expect(together[n]?.sequences).toEqual(alone.sequences);
      expect(together[n]?.logits).toEqual(alone.logits);
    }
  });

  test("that gave up before their turn cost no pass, and hear their own reason", async () => {
    using engine = opened.model.engine();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(once(engine, { ids: textOf(3), signal })).rejects.toThrow("enough");
    expect([engine.stats.passes, engine.stats.waiting]).toEqual([0, 0]);
  });

  test("keep their texts apart by salt", async () => {
    using engine = opened.model.engine();
    const ids = textOf(70);
    const reused: number[] = [];
    for (const salt of ["a", "b", "a", "", ""]) {
      await once(engine, { ids }, { salt });
      reused.push(engine.stats.reusedTokens);
    }
    expect(reused).toEqual([0, 0, 64, 64, 128]);
  });

  test("take no stored start for a text with unseen tokens, nor store one", async () => {
    using engine = opened.model.engine();
    const ids = textOf(70);
    const visible = ids.map((_, t) => (t === 3 ? 0 : 1));
    const masked = await once(engine, { ids, visible });
    expect(engine.stats.pages.cached).toBe(0);
    const plain = await once(engine, { ids });
    expect(await once(engine, { ids, visible })).toEqual(masked);
    expect(engine.stats.reusedTokens).toBe(0);
    expect(masked).not.toEqual(plain);
  });

  test("find a text that was stored without its padding, with or without padding of their own", async () => {
    using engine = opened.model.engine();
    const ids = textOf(70);
    const plain = await once(engine, { ids });
    expect(await once(engine, { ids: [0, 0, 0, ...ids], skip: 3 })).toEqual(plain);
    expect(engine.stats.reusedTokens).toBe(64);
  });

  test("leave a cache that they were given to its owner", async () => {
    using engine = opened.model.engine();
    using cache = opened.model.createCache();
    const ids = textOf(5);
    await once(engine, { ids }, { cache });
    expect([cache.length, engine.stats.pages.cached]).toEqual([5, 0]);
    const more = [...ids, 7, 8];
    const client = engine.open({ cache });
    const logits = await ask(client, { ids: more });
    client.close();
    expect(cache.length).toBe(7);
    expect(logits).toEqual(await once(engine, { ids: more }));
  });

  test("hold pages of their own pool only", () => {
    using engine = opened.model.engine();
    const client = engine.open({ kvDType: "f32" });
    client.cache.addRows(1);
    const pool = engine.pool({ kvDType: "f32" });
    expect(client.holdsPagesOf(pool)).toBe(false);
    client.cache.sequences[0]?.append(3);
    expect(client.holdsPagesOf(pool)).toBe(true);
    expect(client.holdsPagesOf(engine.pool({ kvDType: "bf16" }))).toBe(false);
    client.letGo();
    expect([client.holdsPagesOf(pool), pool.held]).toEqual([false, 0]);
    client.close();
    using given = new KvCache(opened.backend, pool);
    given.addRows(1);
    given.sequences[0]?.append(3);
    const guest = engine.open({ cache: given });
    expect(guest.holdsPagesOf(pool)).toBe(false);
    guest.close();
  });
});
