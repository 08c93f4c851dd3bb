import { describe, expect, test } from "vitest";
import { HeliumLmError } from "@helium-lm/tensor";
import { GenerationError, InputError, type GenerateOptions } from "@helium-lm/helium";
import { resolveGeneration } from "../../src/generation/options/resolve.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

const names = [
  ..."maxNewTokens maxLength minLength minNewTokens maxTime stopStrings doSample numBeams numReturnSequences".split(
    " ",
  ),
  ..."lengthPenalty earlyStopping temperature topK topP minP topH typicalP epsilonCutoff etaCutoff".split(" "),
  ..."frequencyPenalty presencePenalty repetitionPenalty encoderRepetitionPenalty noRepeatNgramSize encoderNoRepeatNgramSize badWordsIds".split(
    " ",
  ),
  ..."sequenceBias suppressTokens beginSuppressTokens forcedBosTokenId forcedEosTokenId".split(" "),
  ..."exponentialDecayLengthPenalty removeInvalidValues renormalizeLogits guidanceScale watermarkingConfig".split(" "),
  ..."promptLookupNumTokens maxMatchingNgramSize prefillChunkSize useCache outputScores outputLogits".split(" "),
  ..."outputHiddenStates outputAttentions bosTokenId eosTokenId padTokenId inputIds attentionMask".split(" "),
  ..."generationConfig pastKeyValues kvDType logitsProcessors stoppingCriteria prefixAllowedTokensFn".split(" "),
  ..."negativePromptIds negativePromptAttentionMask tokenizer seed signal onWarning fooBar".split(" "),
];

const odd: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 1.5, 1e9, NaN, Infinity, "", "abc", "1", 5n, Symbol("s"), () => 1],
  ...[[], [null], [1], [-1], ["a"], [[]], [[1]], [[1, 57, 8]], [[null]], [["a"]], [["abc"]], [[[1], 1]], ["abc"]],
  ...[
    {},
    { name: "x" },
    Object.create(null) as object,
    [{}],
    new Map(),
    new Int32Array([1, 57, 8]),
    [new Int32Array([1, 57, 8])],
  ],
  ...[new Date(NaN), { length: 1e9 }, "1".repeat(1e6)],
];

const cyclic: unknown[] = [];
cyclic.push(cyclic);

const label = (value: unknown): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value).slice(0, 40) : String(value).slice(0, 40);

describe("an option with a value of any kind", () => {
  const opened = openFixtureModel("helium");
  const base: GenerateOptions = { generationConfig: {}, inputIds: [[1, 57, 8]], maxNewTokens: 1, seed: 1 };

  test.each(names)("%s: is taken, or refused by an error that names it on one line", async (name) => {
    for (const mode of [{}, { doSample: true, numBeams: 2 }])
      for (const value of odd) {
        // A row without end that is asked for is no error.
        const endless = ["maxNewTokens", "maxLength"].includes(name) && value === 1e9;
        try {
          const call = { ...base, ...mode, ...(endless && { maxTime: 0 }), [name]: value };
          using _ = await opened.model.generate(call);
        } catch (error) {
          expect(error, `${name} = ${label(value)}`).toBeInstanceOf(HeliumLmError);
          const { message } = error as Error;
          expect(message.length, message.slice(0, 100)).toBeLessThan(500);
          expect(message).not.toContain("\n");
          expect(message, label(value)).not.toMatch(/undefined|\[object/);
        }
        expect(opened.backend.memory().handles).toBe(opened.weightHandles);
      }
  });

  test.each<[string, unknown]>([
    ["inputIds", "abc"],
    ["inputIds", [1, 57, 8]],
    ["inputIds", ["abc"]],
    ["attentionMask", "111"],
    ["attentionMask", ["111"]],
    ["badWordsIds", false],
    ["sequenceBias", [1]],
    ["eosTokenId", "2"],
    ["doSample", "false"],
    ["suppressTokens", "abc"],
    ["signal", {}],
    ["logitsProcessors", [null]],
    ["watermarkingConfig", 5],
    ["seed", "7"],
    ["generationConfig", "x"],
  ])("%s: %j is refused", async (name, value) => {
    const attempt = opened.model.generate({ ...base, [name]: value });
    await expect(attempt).rejects.toBeInstanceOf(GenerationError);
    await expect(attempt).rejects.toThrow(name);
  });

  test.each([null, "abc", 5, [[1, 2]]])("options %j are refused", async (options) => {
    await expect(opened.model.generate(options as unknown as GenerateOptions)).rejects.toBeInstanceOf(HeliumLmError);
  });

  test.each<[object, string]>([
    [{ inputIds: "abc" }, "inputIds"],
    [{ inputIds: ["abc"] }, "inputIds"],
    [{ inputIds: null }, "inputIds"],
    [{ inputIds: 5 }, "inputIds"],
    [{ inputIds: { shape: [1, 2] } }, "inputIds"],
    [{ inputIds: [[1, 2]], attentionMask: "11" }, "attentionMask"],
    [{ inputIds: [[1, 2]], attentionMask: ["11"] }, "attentionMask"],
    [{ inputIds: [[1, 2]], attentionMask: [["1", "1"]] }, "attentionMask"],
    [{ inputIds: [[1, 2]], attentionMask: [null] }, "attentionMask"],
    [{ inputIds: [[1, 2]], attentionMask: {} }, "attentionMask"],
    [{ inputIds: [[1, 2]], attentionMask: [[[["1", "1"]]]] }, "attentionMask"],
    [{ inputIds: [[1, 2]], positionIds: "01" }, "positionIds"],
    [{ inputIds: [[1, 2]], positionIds: ["01"] }, "positionIds"],
    [{ inputIds: [[1, 2]], positionIds: [[0, "1"]] }, "positionIds"],
    [{ inputIds: [[1, 2]], labels: "12" }, "labels"],
    [{ inputIds: [[1, 2]], labels: ["12"] }, "labels"],
    [{ inputIds: [[1, 2]], labels: [["1", "2"]] }, "labels"],
    [{ inputIds: [[1, 2]], attentionMask: cyclic }, "attentionMask"],
    [{ inputIds: [[1, 2]], pastKeyValues: {} }, "pastKeyValues"],
    [{ inputIds: [[1, 2]], logitsToKeep: "1" }, "logitsToKeep"],
    [{ inputIds: [[1, 2]], outputHiddenStates: "all" }, "outputHiddenStates"],
    [{ inputsEmbeds: [[[1]]] }, "inputsEmbeds"],
    [{ inputsEmbeds: "abc" }, "inputsEmbeds"],
  ])("forward(%o) is refused", (inputs, name) => {
    const forward = (): unknown => opened.model.forward(inputs);
    expect(forward).toThrow(HeliumLmError);
    expect(forward).toThrow(new RegExp(`^${name}`));
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });

  test("an error of forward is an InputError", () => {
    expect(() => opened.model.forward({ inputIds: "abc" as unknown as number[][] })).toThrow(InputError);
  });
});

describe("a call that could only end the process", () => {
  const limits = { vocabSize: 128_256, maxPositionEmbeddings: 8192 };
  const resolve = (options: GenerateOptions, of = limits): unknown =>
    resolveGeneration({ inputIds: [[1]], generationConfig: {}, ...options }, {}, of);

  test.each<[string, GenerateOptions, RegExp]>([
    [
      "50 million beams",
      { numBeams: 50_000_000 },
      /^numBeams: is 50000000, more than the 128256 tokens of the vocabulary/,
    ],
    ["a million beams", { numBeams: 1_000_000 }, /^numBeams: is 1000000, more than the 128256 tokens/],
    [
      "100,000 beams",
      { numBeams: 100_000 },
      /^numBeams: 100000 rows .* GiB beside the model, more than 2\.0; give at most \d+/,
    ],
    ["50 million rows drawn", { doSample: true, numReturnSequences: 50_000_000 }, /^numReturnSequences: 50000000 rows/],
    ["a generation config's", { generationConfig: { numBeams: 50_000_000 } }, /^numBeams: is 50000000/],
    ["rows of a large context", { inputIds: Array.from({ length: 20_000 }, () => [1]) }, /^inputIds: 20000 rows/],
  ])("%s is refused before it begins", (_, options, message) => {
    expect(() => resolve(options)).toThrow(message);
    expect(() => resolve(options)).toThrow(GenerationError);
  });

  test("what is large and fits is taken", () => {
    for (const options of [{ numBeams: 64 }, { doSample: true, numReturnSequences: 1000 }, { maxNewTokens: 1e12 }])
      expect(resolve(options)).toBeDefined();
    const rows = Array.from({ length: 100_000 }, () => [1]);
    expect(resolve({ inputIds: rows }, { vocabSize: 97, maxPositionEmbeddings: 64 })).toBeDefined();
  });
});
