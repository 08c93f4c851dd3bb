import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generate, type GenerativeModel } from "@helium-lm/helium";
import { watched } from "../helpers/watched-model.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

describe.each([
  ["helium", "cpu"],
  ["mistral", "cpu"],
  ["helium", "wasm"],
])("decoding %s in other pieces on %s gives the same", (family, backendName) => {
  const opened = openFixtureModel(family, backendName);
  /** Few different tokens, so that tails occur again. */
  const prompts = fc.array(fc.integer({ min: 4, max: 9 }), { minLength: 1, maxLength: 12 });

  test("prompt lookup, with any processors, sampling and stopping", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          prompt: prompts,
          promptLookupNumTokens: fc.integer({ min: 1, max: 6 }),
          maxMatchingNgramSize: fc.integer({ min: 1, max: 3 }),
          maxNewTokens: fc.integer({ min: 1, max: 14 }),
          doSample: fc.boolean(),
          eosTokenId: fc.option(fc.integer({ min: 4, max: 96 })),
          noRepeatNgramSize: fc.constantFrom(0, 3),
          repetitionPenalty: fc.constantFrom(1, 0.7),
          frequencyPenalty: fc.constantFrom(0, 0.4),
          presencePenalty: fc.constantFrom(0, -0.6),
          guidanceScale: fc.constantFrom(1, 1, 1.5),
        }),
        async ({ prompt, promptLookupNumTokens, maxMatchingNgramSize, ...rest }) => {
          const options = { ...rest, generationConfig: {}, inputIds: [prompt], padTokenId: 3, topK: 4, seed: 7 };
          const plain = await opened.model.generate(options);
          const looked = await opened.model.generate({ ...options, promptLookupNumTokens, maxMatchingNgramSize });
          expect(looked).toEqual(plain);
          opened.model.ownEngine.freeUnused();
          expect(opened.backend.memory().handles).toBe(opened.weightHandles);
        },
      ),
      { seed: 20261124, numRuns: 40 },
    );
  });

  test("a prompt in chunks of any size", async () => {
    await fc.assert(
      fc.asyncProperty(prompts, fc.integer({ min: 1, max: 14 }), async (prompt, prefillChunkSize) => {
        const options = { generationConfig: {}, inputIds: [prompt], maxNewTokens: 4, outputLogits: true };
        const whole = await opened.model.generate({ ...options, prefillChunkSize: 64 });
        expect(await opened.model.generate({ ...options, prefillChunkSize })).toEqual(whole);
      }),
      { seed: 20261124, numRuns: 15 },
    );
  });
});

describe("prompt lookup", () => {
  const opened = openFixtureModel("helium");

  test("reads several tokens in one pass where the text repeats itself", async () => {
    // Always the token of the prompt six places back: the text repeats, and only lookup can know.
    const cyclic = {
      name: "cyclic",
      process: (rows: readonly { readonly scores: Float32Array; readonly ids: readonly number[] }[]) => {
        for (const { scores, ids } of rows) {
          scores.fill(-Infinity);
          scores[ids.at(-6) ?? 0] = 0;
        }
      },
    };
    const options = {
      generationConfig: {},
      inputIds: [[10, 11, 12, 13, 14, 15, 10, 11]],
      maxNewTokens: 18,
      logitsProcessors: [cyclic],
    };
    const passes = { plain: 0, adaptive: 0, constant: 0 };
    const counting = (kind: keyof typeof passes): GenerativeModel =>
      watched(opened.model, (logits) => {
        passes[kind]++;
        return logits;
      });
    const plain = await generate(counting("plain"), { ...options, prefillChunkSize: 64 });
    for (const numAssistantTokensSchedule of ["adaptive", "constant"] as const) {
      const looked = { ...options, prefillChunkSize: 64, promptLookupNumTokens: 5, numAssistantTokensSchedule };
      expect(await generate(counting(numAssistantTokensSchedule), looked)).toEqual(plain);
    }
    // The prompt's pass brings a token, a pass with all five tried six; what adapts begins with one.
    expect(passes).toEqual({ plain: 18, adaptive: 7, constant: 4 });
  });

  test.each([
    ["beams", { numBeams: 2 }, /promptLookupNumTokens: works on one row by itself, but the 2 beams/],
    ["no cache", { useCache: false }, /promptLookupNumTokens: needs a cache/],
    ["states", { outputHiddenStates: true }, /promptLookupNumTokens: tries several tokens per pass/],
  ])("refuses %s", async (_, options, message) => {
    const attempt = opened.model.generate({ inputIds: [[1, 2]], promptLookupNumTokens: 2, ...options });
    await expect(attempt).rejects.toThrow(message);
  });
});
