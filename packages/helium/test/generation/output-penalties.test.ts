import { describe, expect, test } from "vitest";
import { GenerationError, logitsProcessor, type GenerateOptions } from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";

const promptLength = 6;
const prompts = [
  [3, 3, 5, 8, 12, 8],
  [4, 7, 9, 4, 7, 9],
];
const attentionMask = [
  [0, 0, 1, 1, 1, 1],
  [1, 1, 1, 1, 1, 1],
];
const frequency = 0.75;
const presence = 0.5;

/** The definition, as a processor of the caller's own. */
const plain = logitsProcessor("plain", (scores, ids) => {
  const written = ids.slice(promptLength);
  scores.forEach((score, token) => {
    const count = written.filter((id) => id === token).length;
    scores[token] = Math.fround(score - frequency * count) - (count > 0 ? presence : 0);
  });
});

const ways: Readonly<Record<string, GenerateOptions>> = {
  greedy: {},
  drawn: { doSample: true, seed: 5, temperature: 0.8, topP: 0.9 },
  "drawn from few": { doSample: true, seed: 5, topK: 5 },
  beams: { numBeams: 3, numReturnSequences: 2 },
  "several drawn": { doSample: true, seed: 5, numReturnSequences: 3 },
  "behind other processors": { repetitionPenalty: 1.2, sequenceBias: [[[9], 3]] },
};

describe.each(["cpu", "wasm"])("penalties for what was written, on %s", (backend) => {
  const opened = openFixtureModel("helium", backend);

  test.each(Object.entries(ways))("%s: texts of a batch are those of the definition", async (_, way) => {
    const options = { generationConfig: {}, inputIds: prompts, attentionMask, padTokenId: 3, maxNewTokens: 20, ...way };
    const penalties = { frequencyPenalty: frequency, presencePenalty: presence };
    const { sequences } = await opened.model.generate({ ...options, ...penalties });
    expect(sequences).toEqual((await opened.model.generate({ ...options, logitsProcessors: [plain] })).sequences);
    expect(sequences).not.toEqual((await opened.model.generate(options)).sequences);
  });

  test("each alone, on the engine, and with tokens tried ahead", async () => {
    using engine = opened.model.engine();
    for (const penalties of [{ frequencyPenalty: 1 }, { presencePenalty: 1 }]) {
      const options = { generationConfig: {}, maxNewTokens: 24, ...penalties };
      const { sequences } = await opened.model.generate({ ...options, inputIds: [prompts[1] ?? []] });
      for (const promptLookupNumTokens of [undefined, 3]) {
        const request = {
          ...options,
          inputIds: prompts[1] ?? [],
          ...(promptLookupNumTokens && { promptLookupNumTokens }),
        };
        const { ids } = await engine.submit(request).result;
        expect(ids).toEqual(sequences[0]?.slice(promptLength));
      }
    }
  });
});

describe("a penalty", () => {
  const opened = openFixtureModel("helium");

  test("that is no number is refused with its name; one of generation_config.json counts", async () => {
    const inputIds = [prompts[1] ?? []];
    for (const name of ["frequencyPenalty", "presencePenalty"] as const) {
      const error: unknown = await opened.model.generate({ inputIds, [name]: NaN }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(GenerationError);
      expect((error as Error).message).toMatch(`${name}: is NaN; expected a number`);
      const given = { [name]: 1 };
      const own = await opened.model.generate({ inputIds, generationConfig: given, maxNewTokens: 16 });
      const called = await opened.model.generate({ inputIds, generationConfig: {}, maxNewTokens: 16, ...given });
      expect(own.sequences).toEqual(called.sequences);
    }
  });
});
