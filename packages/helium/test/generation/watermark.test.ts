import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { processors } from "@helium-lm/helium";
import { MersenneTwister } from "@helium-lm/nn";
import { openFixtureModel } from "../helpers/generation-model.ts";

describe("watermark", () => {
  const greenOf = async (config: object, ids: readonly number[], scores = new Float32Array(97)): Promise<number[]> => {
    const before = scores.slice();
    await processors.watermark({ bias: 3, ...config }, 97).process([{ scores, ids }]);
    return [...scores.keys()].filter((token) => scores[token] === Math.fround(before[token]! + 3));
  };

  test("the token before decides which quarter of the vocabulary is green", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(96), fc.nat(96), async (last, other) => {
        const green = await greenOf({}, [5, last]);
        expect(green).toHaveLength(24);
        expect(await greenOf({}, [other, last])).toEqual(green);
        const seeded = new MersenneTwister(Number(BigInt.asUintN(32, 15485863n * BigInt(last))));
        expect(green).toEqual([...seeded.permutation(97).subarray(0, 24)].sort((a, b) => a - b));
      }),
      { seed: 20261124, numRuns: 20 },
    );
  });

  test("selfhash marks only likely tokens, about a quarter of those tried, by the same rule for any context", async () => {
    const scores = Float32Array.from({ length: 97 }, (_, token) => -token / 10);
    const green = await greenOf({ seedingScheme: "selfhash", contextWidth: 2 }, [5, 60], scores.slice());
    expect(Math.max(...green)).toBeLessThan(40);
    expect(green.length).toBeGreaterThan(2);
    expect(green.length).toBeLessThan(25);
    expect(await greenOf({ seedingScheme: "selfhash", contextWidth: 2 }, [77, 60], scores.slice())).toEqual(green);
  });

  test("selfhash marks those of transformers 5.23 where products of 64 bits wrap around", async () => {
    // WatermarkLogitsProcessor(97, "cpu", 0.25, 3, 15485863, "selfhash", 2)([[5, 89]], −token / 10)
    const scores = Float32Array.from({ length: 97 }, (_, token) => -token / 10);
    const green = await greenOf({ seedingScheme: "selfhash", contextWidth: 2 }, [5, 89], scores);
    expect(green).toEqual([1, 4, 8, 14, 18, 22, 30, 32, 38, 39]);
  });

  test("a row shorter than the context is left alone", async () => {
    expect(await greenOf({ contextWidth: 3 }, [5, 60])).toEqual([]);
  });

  test("generated text is mostly green, in the names of a config file too", async () => {
    const config = { bias: 50, greenlist_ratio: 0.5 };
    const { sequences } = await opened.model.generate({
      generationConfig: { watermarkingConfig: config },
      inputIds: [[1, 57, 8]],
      maxNewTokens: 12,
    });
    const [row = []] = sequences;
    for (let i = 3; i < row.length; i++)
      expect(await greenOf({ greenlistRatio: 0.5 }, row.slice(0, i))).toContain(row[i]);
  });

  const opened = openFixtureModel("helium");
});
