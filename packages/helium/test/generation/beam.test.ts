import { describe, expect, test } from "vitest";
import { Rng } from "@helium-lm/tensor";
import { GenerationError } from "@helium-lm/helium";
import { sampleDistinct } from "../../src/generation/sampling.ts";
import { generationCases, optionsOf, type BeamCase } from "../helpers/generation-fixtures.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

describe.each(["helium", "llama"])("beam search of %s", (family) => {
  const cases = generationCases<BeamCase>(family, "beam");
  const opened = openFixtureModel(family);

  test("there are 43 cases", () => expect(cases).toHaveLength(43));

  test.each(cases)("%s", async (_, c) => {
    const { sequences, sequencesScores, beamIndices } = await opened.model.generate(optionsOf(c));
    expect(sequences).toEqual(c.sequences);
    expect(beamIndices).toEqual(c.beam_indices);
    expect(sequencesScores).toHaveLength(c.sequences_scores.length);
    c.sequences_scores.forEach((score, row) => expect(Math.abs(score - sequencesScores![row]!)).toBeLessThan(1e-4));
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });
});

describe("beams", () => {
  const opened = openFixtureModel("helium");
  const prompt = [[1, 57, 8, 91, 21]];
  const options = { generationConfig: {}, inputIds: prompt, maxNewTokens: 6, eosTokenId: 88, padTokenId: 3 };

  test("more beams find a row that is at least as likely", async () => {
    const { model } = opened;
    const sumOf = async (numBeams: number): Promise<number> =>
      (await model.generate({ ...options, eosTokenId: null, numBeams, lengthPenalty: 0 })).sequencesScores![0]!;
    expect(await sumOf(4)).toBeGreaterThanOrEqual((await sumOf(2)) - 1e-6);
  });

  test("beam sampling follows its seed and returns different rows of the length asked for", async () => {
    const sample = (seed: number): Promise<{ readonly sequences: number[][] }> =>
      opened.model.generate({
        ...options,
        eosTokenId: null,
        numBeams: 3,
        numReturnSequences: 3,
        doSample: true,
        temperature: 2,
        seed,
      });
    const [first, again, other] = [await sample(1), await sample(1), await sample(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first.sequences.map((row) => row.length)).toEqual([11, 11, 11]);
    expect(new Set(first.sequences.map((row) => row.join())).size).toBe(3);
  });

  test("a row that ends by a stopping criterion of its own is filled with −1 where there is no eos", async () => {
    const { sequences } = await opened.model.generate({
      ...options,
      eosTokenId: null,
      numBeams: 3,
      numReturnSequences: 3,
      lengthPenalty: -1,
      stoppingCriteria: [{ name: "on36", isMet: (rows) => rows.map((ids) => ids.at(-1) === 36) }],
    });
    const ended = sequences.filter((row) => row.includes(-1));
    expect(ended.length).toBeGreaterThan(0);
    for (const row of ended) expect(row[row.indexOf(-1) - 1]).toBe(36);
  });

  test("a stream refuses beams", async () => {
    const steps = opened.model.stream({ ...options, numBeams: 2 });
    await expect(steps.next()).rejects.toThrow(/numBeams: is 2, but beams cannot be streamed; use generate/);
  });

  test.each([
    ["numBeamGroups", 2, /numBeamGroups: is set; group beam search is not supported/],
    ["constraints", [{}], /constraints: is set; constrained beam search is not supported; use prefixAllowedTokensFn/],
    ["forceWordsIds", [[4]], /forceWordsIds: is set; constrained beam search is not supported/],
  ])("%s is refused", async (name, value, message) => {
    const attempt = opened.model.generate({ ...options, numBeams: 4, [name]: value });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(GenerationError);
  });
});

describe("drawing without replacement", () => {
  test("gives different indices, none that is impossible", () => {
    const rng = new Rng(5);
    for (let i = 0; i < 200; i++) {
      const drawn = sampleDistinct([0, 1, -Infinity, 2, 0.5], 5, rng);
      expect([...drawn].sort()).toEqual([0, 1, 3, 4]);
    }
  });

  test("draws the first and then the second with the probabilities of the formula", () => {
    const logits = [Math.log(0.5), Math.log(0.3), Math.log(0.2)];
    const rng = new Rng(11);
    const counts = new Map<string, number>();
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const key = sampleDistinct(logits, 2, rng).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const p = [0.5, 0.3, 0.2];
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 2],
      [2, 0],
      [2, 1],
    ] as const) {
      const expected = (p[a]! * p[b]!) / (1 - p[a]!);
      expect(Math.abs((counts.get(`${a},${b}`) ?? 0) / draws - expected)).toBeLessThan(4 * Math.sqrt(expected / draws));
    }
  });
});
