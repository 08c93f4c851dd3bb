import { describe, expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, logitsProcessor, type GenerateOptions } from "@helium-lm/helium";
import { fixtureWith } from "../helpers/fixture-with.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

const promptOf = (n: number, length: number): number[] =>
  Array.from({ length }, (_, t) => 1 + ((n * 31 + t * 13) % 90));

const asked = { generationConfig: {}, eosTokenId: [], outputLogits: true } satisfies GenerateOptions;

describe("calls of generate, one after another", () => {
  const opened = openFixtureModel("helium", "wasm");

  /** A call, and the passes of it that were no replay. */
  const call = async (options: GenerateOptions): Promise<{ text: unknown; eager: number }> => {
    const { ownEngine } = opened.model;
    const before = ownEngine.stats;
    const { sequences, logits } = await opened.model.generate({ ...asked, ...options });
    const { passes, replay } = ownEngine.stats;
    const replayed = replay.replayed - before.replay.replayed;
    return { text: { sequences, logits }, eager: passes - before.passes - replayed };
  };

  test("go on with the recordings of the last one, also over the ends of pages", async () => {
    const options = { inputIds: [promptOf(1, 1)], maxNewTokens: 150 };
    const first = await call(options);
    // Noted twice, the first time perhaps once more, since there was no memory for it yet.
    expect(first.eager).toBeLessThanOrEqual(3);
    const second = await call(options);
    expect(second).toEqual({ text: first.text, eager: 0 });
    expect((await call({ ...options, inputIds: [promptOf(2, 1)] })).eager).toBe(0);
  });

  test("give what they give on an engine of their own, whatever came before", async () => {
    const calls: GenerateOptions[] = [
      { inputIds: [promptOf(3, 20)], maxNewTokens: 12 },
      { inputIds: [promptOf(3, 20)], maxNewTokens: 12, kvDType: "f32" },
      { inputIds: [promptOf(4, 9)], attentionMask: [[1, 1, 0, 0, 1, 1, 1, 1, 1]], maxNewTokens: 12 },
      { inputIds: [promptOf(5, 3), promptOf(6, 3)], maxNewTokens: 12, doSample: true, seed: 2 },
      { inputIds: [promptOf(7, 70)], maxNewTokens: 12, numBeams: 2 },
      { inputIds: [promptOf(8, 30)], maxNewTokens: 12, kvDType: "q8_0", promptLookupNumTokens: 3 },
    ];
    const alone = async (options: GenerateOptions): Promise<unknown> => {
      using engine = opened.model.engine({ replay: false });
      const { sequences, logits } = await opened.model.generate({ ...asked, ...options, engine });
      return { sequences, logits };
    };
    for (const order of [calls, calls.toReversed(), calls])
      for (const options of order) expect((await call(options)).text).toEqual(await alone(options));
  });

  test("keep no more memory with every call, and freeUnused gives it back", async () => {
    opened.model.ownEngine.freeUnused();
    const sizes: number[] = [];
    for (let round = 0; round < 4; round++) {
      // Prompts of a token: how a longer one is cut into passes, whose sizes are kept, hangs on how fast it is read.
      await call({ inputIds: [promptOf(round, 1)], maxNewTokens: 40 });
      await expect(
        call({ inputIds: [promptOf(1, 1)], maxNewTokens: 4, signal: AbortSignal.abort() }),
      ).rejects.toThrow();
      sizes.push(opened.backend.memory().bytes);
    }
    expect(new Set(sizes.slice(1)).size).toBe(1);
    opened.model.ownEngine.freeUnused();
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
    const { eager } = await call({ inputIds: [promptOf(1, 1)], maxNewTokens: 9 });
    expect(eager).toBeGreaterThan(0);
  });

  test("a call over a long text leaves nothing behind", async () => {
    await call({ inputIds: [promptOf(1, 2100)], maxNewTokens: 2, outputLogits: false });
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });

  test("freeUnused leaves requests under way as they are", async () => {
    const options = { ...asked, inputIds: [promptOf(1, 5)], maxNewTokens: 30 };
    const plain = await opened.model.generate(options);
    using engine = opened.model.engine();
    await opened.model.generate({ ...options, inputIds: [promptOf(2, 64)], engine });
    expect(engine.stats.pages.cached).toBe(1);
    const pages: unknown[] = [];
    const freeing = logitsProcessor("freeing", (_, ids) => {
      if (ids.length !== 20) return;
      engine.freeUnused();
      pages.push(engine.stats.pages);
    });
    const text = await opened.model.generate({ ...options, engine, logitsProcessors: [freeing] });
    expect(pages).toMatchObject([{ held: 1, cached: 0 }]);
    expect(text.sequences).toEqual(plain.sequences);
    engine.freeUnused();
    expect(engine.stats.pages).toEqual({ held: 0, cached: 0, capacity: 0, limit: null, pageSize: 64 });
  });
});

test.each(["cpu", "wasm"])("what is kept on %s is freed with the model", async (name) => {
  const backend = await createBackend(name);
  const model = await AutoModelForCausalLM.fromPretrained(await fixtureWith("helium", {}), { backend });
  const weights = backend.memory().handles;
  await model.generate({ generationConfig: {}, inputIds: [promptOf(1, 5)], maxNewTokens: 8 });
  // Where nothing is recorded nothing is worth keeping.
  if (name === "cpu") expect(backend.memory().handles).toBe(weights);
  else expect(backend.memory().handles).toBeGreaterThan(weights);
  model.dispose();
  expect(backend.memory().handles).toBe(0);
});
