import { describe, expect, test } from "vitest";
import { GenerationError, type GenerateOptions } from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";

describe("a generation that is stopped", () => {
  const opened = openFixtureModel("helium");
  const prompt = [[1, 57, 8, 91, 21]];
  const modes: readonly (readonly [string, GenerateOptions])[] = [
    ["greedy", {}],
    ["beams", { numBeams: 3 }],
    ["guidance", { guidanceScale: 1.5 }],
    ["prompt lookup", { promptLookupNumTokens: 3 }],
    ["rows drawn", { doSample: true, numReturnSequences: 3 }],
  ];

  test.each(modes)("%s: an abort midway rejects with its reason, soon, and leaves nothing", async (_, mode) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const passes = (): number => opened.model.ownEngine.stats.passes;
    let before = NaN;
    setTimeout(() => {
      before = passes();
      controller.abort(reason);
    }, 60);
    const attempt = opened.model.generate({
      ...mode,
      generationConfig: {},
      inputIds: prompt,
      maxNewTokens: 100_000,
      signal: controller.signal,
    });
    await expect(attempt).rejects.toBe(reason);
    // Those of the step that was under way.
    expect(passes() - before).toBeLessThanOrEqual(2);
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });

  test.each(modes)("%s: timers run meanwhile, again and again", async (_, mode) => {
    const controller = new AbortController();
    const reason = new Error("the third one");
    let turns = 0;
    // Where timers do not run the text goes on to its end, which is no failure.
    const timer = setInterval(() => ++turns === 3 && controller.abort(reason), 5);
    const options = { ...mode, generationConfig: {}, inputIds: prompt, maxNewTokens: 5000, eosTokenId: [] };
    await expect(opened.model.generate({ ...options, signal: controller.signal })).rejects.toBe(reason);
    clearInterval(timer);
  });

  test("the caller's cache saves the prompt's start, grows with the text, and is as before after a failure", async () => {
    const { model } = opened;
    const options = { generationConfig: {}, maxNewTokens: 4 };
    using cache = model.createCache();
    const first = await model.generate({ ...options, inputIds: prompt, pastKeyValues: cache });
    expect(cache.lengths).toEqual([8]);
    const grown = [[...first.sequences[0]!, 44, 7]];
    const plain = await model.generate({ ...options, inputIds: grown });
    const failing = { name: "failing", process: () => Promise.reject(new RangeError("no")) };
    await expect(
      model.generate({ ...options, inputIds: grown, pastKeyValues: cache, logitsProcessors: [failing] }),
    ).rejects.toThrow("no");
    expect(cache.lengths).toEqual([8]);
    expect(await model.generate({ ...options, inputIds: grown, pastKeyValues: cache })).toEqual(plain);
    const refused = model.generate({ ...options, inputIds: prompt, pastKeyValues: cache });
    await expect(refused).rejects.toThrow(
      /pastKeyValues: has 14 slots, but the prompt has 5 tokens; give the whole prompt/,
    );
    await expect(refused).rejects.toBeInstanceOf(GenerationError);
  });
});

describe("more rows than one pass takes", () => {
  const opened = openFixtureModel("helium");
  const rows = Array.from({ length: 150 }, (_, row) => [1, 4 + (row % 90), 57, 8, 91 - (row % 50)]);
  const options: GenerateOptions = { generationConfig: {}, maxNewTokens: 3 };

  test("are read in several, with the same result", async () => {
    const { sequences } = await opened.model.generate({ ...options, inputIds: rows });
    for (const row of [0, 63, 64, 127, 128, 149]) {
      const alone = await opened.model.generate({ ...options, inputIds: [rows[row]!] });
      expect(sequences[row]).toEqual(alone.sequences[0]);
    }
    const uncached = await opened.model.generate({ ...options, inputIds: rows, useCache: false });
    expect(uncached.sequences).toEqual(sequences);
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });

  test("the first pass reads at most 64 tokens, so that the signal is soon heard", async () => {
    const { model } = opened;
    const pass = model.pass.bind(model);
    const sizes: number[] = [];
    const reason = new Error("enough");
    const controller = new AbortController();
    model.pass = (inputs) => {
      sizes.push(inputs.size.tokens);
      controller.abort(reason);
      return pass(inputs);
    };
    // An engine that does not know the model's pace yet.
    using engine = model.engine();
    const inputIds = Array.from({ length: 4000 }, () => new Array<number>(40).fill(5));
    const attempt = model.generate({ ...options, maxLength: 50, inputIds, engine, signal: controller.signal });
    await expect(attempt).rejects.toBe(reason);
    model.pass = pass;
    expect(sizes).toHaveLength(1);
    expect(sizes[0]).toBeLessThanOrEqual(64);
  });

  test("as beams too, whose rows change places", async () => {
    const beams = { ...options, maxNewTokens: 4, numBeams: 70, numReturnSequences: 3 };
    const cached = await opened.model.generate({ ...beams, inputIds: rows.slice(0, 2) });
    const uncached = await opened.model.generate({ ...beams, inputIds: rows.slice(0, 2), useCache: false });
    expect(cached.sequences).toEqual(uncached.sequences);
  });

  test("leave the caller's cache as it was when a later pass fails or is aborted", async () => {
    const { model } = opened;
    using cache = model.createCache();
    const { sequences } = await model.generate({ ...options, inputIds: rows, pastKeyValues: cache });
    const before = cache.lengths;
    const grown = sequences.map((row) => [...row, 5, 6]);
    const pass = model.pass.bind(model);
    let passes = 0;
    model.pass = (inputs) => {
      if (++passes === 2) throw new RangeError("no room");
      return pass(inputs);
    };
    await expect(model.generate({ ...options, inputIds: grown, pastKeyValues: cache })).rejects.toThrow("no room");
    expect(passes).toBe(2);
    expect(cache.lengths).toEqual(before);
    const controller = new AbortController();
    passes = 2;
    model.pass = (inputs) => {
      if (++passes === 4) controller.abort(new Error("enough"));
      return pass(inputs);
    };
    const aborted = model.generate({ ...options, inputIds: grown, pastKeyValues: cache, signal: controller.signal });
    await expect(aborted).rejects.toThrow("enough");
    expect(passes).toBe(4);
    model.pass = pass;
    expect(cache.lengths).toEqual(before);
    const again = await model.generate({ ...options, inputIds: grown, pastKeyValues: cache });
    expect(again.sequences).toEqual((await model.generate({ ...options, inputIds: grown })).sequences);
  });

  test("a disposed cache is refused", async () => {
    const cache = opened.model.createCache();
    cache.dispose();
    await expect(opened.model.generate({ ...options, inputIds: rows, pastKeyValues: cache })).rejects.toThrow(
      "KvCache: was disposed",
    );
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });
});
