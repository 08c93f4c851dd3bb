import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Engine, GenerateOptions } from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";

const promptOf = (n: number, length: number): number[] =>
  Array.from({ length }, (_, t) => 1 + ((n * 31 + t * 13) % 90));

/** All scores too: equal texts could hide a bit. */
const asked = { generationConfig: {}, eosTokenId: [], outputLogits: true } satisfies GenerateOptions;

describe.each(["helium", "gemma2"])("replayed passes of %s", (family) => {
  const opened = openFixtureModel(family, "wasm");

  const run = async (engine: Engine, options: GenerateOptions): Promise<unknown> => {
    const { sequences, logits } = await opened.model.generate({ ...asked, ...options, engine });
    return { sequences, logits };
  };

  test("give the bits of passes op by op: over page ends, joins and leaves, beams and lookup", async () => {
    const schedule = fc.array(
      fc.record({
        n: fc.nat(50),
        length: fc.constantFrom(1, 3, 20, 58, 62, 64, 121),
        maxNewTokens: fc.integer({ min: 1, max: 12 }),
        how: fc.constantFrom<GenerateOptions>(
          {},
          { numBeams: 3 },
          { promptLookupNumTokens: 3 },
          { doSample: true, seed: 5, numReturnSequences: 2 },
        ),
        late: fc.nat(6),
      }),
      { minLength: 1, maxLength: 5 },
    );
    let replayed = 0;
    await fc.assert(
      fc.asyncProperty(schedule, async (calls) => {
        // A budget of its own: the pace of a busy machine would decide how alike passes are.
        using fast = opened.model.engine({ budget: 24 });
        using slow = opened.model.engine({ replay: false });
        const texts = (engine: Engine): Promise<unknown[]> =>
          Promise.all(
            calls.map(async ({ n, length, maxNewTokens, how, late }) => {
              for (let turn = 0; turn < late; turn++) await new Promise((resolve) => setImmediate(resolve));
              return run(engine, { inputIds: [promptOf(n, length)], maxNewTokens, ...how });
            }),
          );
        expect(await texts(fast)).toEqual(await texts(slow));
        replayed += fast.stats.replay.replayed;
        expect(slow.stats.replay.replayed).toBe(0);
      }),
      { seed: 20261129, numRuns: 16 },
    );
    expect(replayed).toBeGreaterThan(50);
  });

  test("begin anew where keys and values get more room, and say so", async () => {
    using engine = opened.model.engine();
    await run(engine, { inputIds: [promptOf(1, 60)], maxNewTokens: 3 });
    const before = engine.stats.replay.replayed;
    await run(engine, { inputIds: [promptOf(2, 700)], maxNewTokens: 2 });
    await run(engine, { inputIds: [promptOf(3, 60)], maxNewTokens: 8 });
    const { replayed, reason } = engine.stats.replay;
    expect(replayed).toBeGreaterThan(before);
    expect(reason).toBeNull();
  });

  test("one in 64 passes of a checked engine is compared with what is recorded", async () => {
    using engine = opened.model.engine({ replay: "checked" });
    using plain = opened.model.engine({ replay: false });
    const options = { inputIds: [promptOf(1, 5)], maxNewTokens: 140 };
    expect(await run(engine, options)).toEqual(await run(plain, options));
    // Page tables of 8 columns, recorded once, and two checks.
    const { replay, passes } = engine.stats;
    expect(replay).toEqual({ replayed: expect.any(Number) as number, reason: null });
    expect(passes - replay.replayed).toBeLessThan(8);
  });

  test("holes in a mask are the pass's own, which is not replayed", async () => {
    using engine = opened.model.engine();
    const options = { inputIds: [promptOf(1, 9)], attentionMask: [[1, 1, 0, 0, 1, 1, 1, 1, 1]], maxNewTokens: 9 };
    using plain = opened.model.engine({ replay: false });
    expect(await run(engine, options)).toEqual(await run(plain, options));
    expect(engine.stats.replay.replayed).toBe(0);
    expect(engine.stats.replay.reason).toMatch(/\w/);
  });

  test("greedy tokens are chosen in the pass itself, and as they are from its logits", async () => {
    const { model } = opened;
    const options = { ...asked, outputLogits: false, inputIds: [promptOf(1, 9), promptOf(2, 9)], maxNewTokens: 12 };
    using plain = model.engine({ replay: false });
    const expected = await model.generate({ ...options, engine: plain });
    const pass = model.pass.bind(model);
    const chosen: number[][] = [];
    const reading: Promise<void>[] = [];
    model.pass = (inputs) => {
      const logits = pass(inputs);
      // The engine finds nothing then, and chooses by the logits.
      const followed = inputs.takeFollowed();
      if (inputs.size.outputs > 0) expect(followed?.logits).toBe(logits);
      if (followed?.made[0]) {
        reading.push(followed.made[0].toArray().then((tokens) => void chosen.push(tokens as number[])));
        for (const one of followed.made) one.dispose();
      }
      return logits;
    };
    try {
      using engine = model.engine({ budget: 32 });
      expect((await model.generate({ ...options, engine })).sequences).toEqual(expected.sequences);
    } finally {
      model.pass = pass;
    }
    await Promise.all(reading);
    expect(chosen).toEqual(Array.from({ length: 12 }, (_, t) => expected.sequences.map((ids) => ids[9 + t])));
    using engine = model.engine();
    for (let round = 0; round < 2; round++)
      expect((await model.generate({ ...options, engine })).sequences).toEqual(expected.sequences);
    expect(engine.stats.replay.replayed).toBeGreaterThan(15);
  });

  test("a pass over other tensors than the recorded one is not its replay: masks, storages, caches", async () => {
    using engine = opened.model.engine();
    using plain = opened.model.engine({ replay: false });
    const inputIds = [promptOf(1, 9)];
    const attentionMask = [[1, 1, 0, 0, 1, 1, 1, 1, 1]];
    const withCache = async (on: Engine): Promise<unknown> => {
      using pastKeyValues = opened.model.createCache({ kvDType: "f32" });
      return await run(on, { inputIds, maxNewTokens: 9, pastKeyValues });
    };
    for (let round = 0; round < 2; round++) {
      for (const more of [{}, { attentionMask }, { kvDType: "f32" }, { kvDType: "q8_0" }] satisfies GenerateOptions[]) {
        const options = { inputIds, maxNewTokens: 9, ...more };
        expect(await run(engine, options)).toEqual(await run(plain, options));
      }
      expect(await withCache(engine)).toEqual(await withCache(plain));
    }
    expect(engine.stats.replay.replayed).toBeGreaterThan(40);
  });
});
