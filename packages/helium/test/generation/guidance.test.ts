import { describe, expect, test } from "vitest";
import type { LogitsRow } from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";

describe("classifier-free guidance", () => {
  const opened = openFixtureModel("helium");
  const prompt = [1, 57, 8, 91, 21];
  const negative = [1, 40, 12];
  const guidanceScale = 1.7;

  const logSoftmax = (row: ArrayLike<number>): number[] => {
    const values = Array.from(row);
    const top = Math.max(...values);
    const total = Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0)) + top;
    return values.map((v) => v - total);
  };

  /** The formula by two whole passes over each row, as a processor of one's own: nothing is remembered between steps. */
  const byFormula = (from: number) => ({
    name: "guidanceScale",
    process: async (rows: readonly LogitsRow[]) => {
      for (const { scores, ids } of rows) {
        const { logits } = opened.model.forward({ inputIds: [[...negative, ...ids.slice(from)]], logitsToKeep: 1 });
        const u = logSoftmax(await logits.data());
        logits.dispose();
        logSoftmax(scores).forEach((l, i) => (scores[i] = u[i]! + guidanceScale * (l - u[i]!)));
      }
    },
  });

  test.each([
    ["greedy", {}],
    ["without a cache", { useCache: false }],
    ["beams, whose rows change places", { numBeams: 4, numReturnSequences: 4, eosTokenId: 88 }],
    ["rows drawn", { doSample: true, numReturnSequences: 3, topK: 3, seed: 5 }],
  ])("%s: equals the formula", async (_, mode) => {
    const options = { ...mode, generationConfig: {}, inputIds: [prompt], maxNewTokens: 7, padTokenId: 3 };
    const guided = await opened.model.generate({ ...options, guidanceScale, negativePromptIds: [negative] });
    const expected = await opened.model.generate({ ...options, logitsProcessors: [byFormula(prompt.length)] });
    expect(guided.sequences).toEqual(expected.sequences);
    expect(guided.beamIndices).toEqual(expected.beamIndices);
    expect(guided.sequences).not.toEqual((await opened.model.generate(options)).sequences);
  });

  test("negative prompts padded on the left are those without padding", async () => {
    const options = { generationConfig: {}, maxNewTokens: 6, guidanceScale, outputScores: true };
    const inputIds = [prompt, prompt];
    const both = await opened.model.generate({
      ...options,
      inputIds,
      negativePromptIds: [negative, [3, 1, 9]],
      negativePromptAttentionMask: [
        [1, 1, 1],
        [0, 1, 1],
      ],
    });
    const alone = await opened.model.generate({ ...options, inputIds: [prompt], negativePromptIds: [[1, 9]] });
    expect(both.sequences[1]).toEqual(alone.sequences[0]);
  });
});
