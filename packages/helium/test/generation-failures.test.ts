import { describe, expect, test } from "vitest";
import { GenerationError, type GenerateOptions } from "@helium-lm/helium";
import { openFixtureModel } from "./generation-model.ts";

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
    setTimeout(() => controller.abort(reason), 60);
    const start = performance.now();
    const attempt = opened.model.generate({
      ...mode,
      generationConfig: {},
      inputIds: prompt,
      maxNewTokens: 100_000,
      signal: controller.signal,
    });
    await expect(attempt).rejects.toBe(reason);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });

  test.each(modes)("%s: timers run meanwhile", async (_, mode) => {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await opened.model.generate({ ...mode, generationConfig: {}, inputIds: prompt, maxNewTokens: 1000, maxTime: 0.3 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
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
    await expect(refused).rejects.toThrow(/pastKeyValues: has 14 slots, the prompt 5 tokens; give the whole prompt/);
    await expect(refused).rejects.toBeInstanceOf(GenerationError);
  });
});
