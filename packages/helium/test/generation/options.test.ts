import { describe, expect, test } from "vitest";
import { GenerationError, type GenerateOptions } from "@helium-lm/helium";
import { logitsProcessors } from "../../src/generation/processors/call-processors.ts";
import { resolveGeneration } from "../../src/generation/options/resolve.ts";
import { stoppingCriteria } from "../../src/generation/stopping/call-criteria.ts";
import { readFixture } from "../../../../testing/fixtures.ts";
import { camelCase, optionsOf, type GenerationCase } from "../helpers/generation-fixtures.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

interface ErrorCase extends Partial<GenerationCase> {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly input_ids: number[][];
  readonly error: string | null;
}

/** What our message says where transformers refuses. */
const mends: Readonly<Record<string, RegExp>> = {
  max_new_tokens_0: /^maxNewTokens: is 0; expected an integer > 0$/,
  max_length_equals_prompt: /^maxLength: is 3, but the prompt already has 3 tokens; raise maxLength/,
  greedy_num_return_2: /^numReturnSequences: is 2, but greedy decoding has one result; set doSample: true or numBeams$/,
  num_return_gt_beams: /^numReturnSequences: is 4, more than the 3 beams; raise numBeams$/,
  bad_early_stopping: /^earlyStopping: is always; expected true, false or "never"$/,
  temperature_0: /^temperature: is 0; expected a number > 0; use doSample: false for greedy decoding$/,
  repetition_penalty_negative: /^repetitionPenalty: is -1; expected a number > 0$/,
  top_k_negative: /^topK: is -5; expected an integer ≥ 0$/,
  unknown_option: /^fooBar: is not an option of generate; did you mean /,
  low_memory_beam: /^lowMemory: is set; beams run at once; leave it out or lower numBeams$/,
  bad_words_empty: /^badWordsIds: expected a non-empty list of lists of token ids; to forbid nothing, leave it out$/,
  typical_p_0: /^typicalP: is 0; expected a number > 0 and ≤ 1$/,
  diverse_beam: /^numBeamGroups: is set; group beam search is not supported/,
  contrastive: /^penaltyAlpha: is set; contrastive search is not supported/,
};

/** What our warning says where transformers runs although the option is odd. */
const warnings: Readonly<Record<string, RegExp>> = {
  no_repeat_ngram_negative: /^noRepeatNgramSize: is -1, which turns it off; give 0$/,
  min_new_tokens_over_max_warns: /^minNewTokens: asks for rows of 8, but they end at 5;/,
  max_new_wins_over_max_length: /^maxLength: has no effect beside maxNewTokens/,
};

/** Where we differ on purpose: JavaScript has no integers beside numbers, and a wrong value is wrong also if unused. */
const differing: Readonly<Record<string, "accepted" | RegExp>> = {
  temperature_int: "accepted",
  repetition_penalty_int: "accepted",
  top_p_above_1_ignored: /^topP: is 1.5; expected a number from 0 to 1$/,
};

describe("odd options", () => {
  const opened = openFixtureModel("helium");
  const { cases } = readFixture<{ cases: ErrorCase[] }>("generation/errors.json");

  test.each(cases.map((c) => [c.name, c] as const))("%s", async (name, c) => {
    const attempt = opened.model.generate({ ...optionsOf(c), padTokenId: 3 });
    const expected = differing[name] ?? (c.error === null ? "accepted" : mends[name]!);
    if (expected !== "accepted") {
      await expect(attempt).rejects.toThrow(expected);
      await expect(attempt).rejects.toBeInstanceOf(GenerationError);
      return;
    }
    const { sequences, warnings: given } = await attempt;
    if (c.sequences) expect(sequences).toEqual(c.sequences);
    const warning = warnings[name];
    if (warning) expect(given).toEqual([expect.stringMatching(warning)]);
    else expect(given).toEqual([]);
  });

  const options: GenerateOptions = { generationConfig: {}, inputIds: [[1, 57, 8]], maxNewTokens: 2 };

  test.each([
    ["max_new_tokens", "maxNewTokens"],
    ["maxNewToken", "maxNewTokens"],
    ["topk", "topK"],
    ["stopString", "stopStrings"],
    ["num_beams", "numBeams"],
    ["repeatitionPenalty", "repetitionPenalty"],
    ["input_ids", "inputIds"],
  ])("%s: the nearest is %s", async (given, nearest) => {
    await expect(opened.model.generate({ ...options, [given]: 1 })).rejects.toThrow(
      `${given}: is not an option of generate; did you mean ${nearest}?`,
    );
  });

  test("an option without a value is no option", async () => {
    await expect(opened.model.generate({ ...options, fooBar: undefined } as GenerateOptions)).resolves.toBeDefined();
  });

  test("columns of a tokenizer and what a config file holds beside are accepted in silence", async () => {
    const columns = { tokenTypeIds: [[0, 0, 0]], tokens: [["a", "b", "c"]], returnDictInGenerate: true };
    const config: object = { transformersVersion: "5.23.0", _fromModelConfig: true, cacheImplementation: "hybrid" };
    const { warnings } = await opened.model.generate({ ...options, ...columns, generationConfig: config });
    expect(warnings).toEqual([]);
  });

  test("a config file's sampling numbers are not looked at by greedy decoding", async () => {
    await expect(opened.model.generate({ ...options, generationConfig: { temperature: 0 } })).resolves.toBeDefined();
  });

  test("options without effect are told of, also through onWarning", async () => {
    const told: string[] = [];
    const { warnings } = await opened.model.generate({
      ...options,
      temperature: 0.5,
      topK: 3,
      lengthPenalty: 2,
      negativePromptIds: [[1]],
      inputIds: [[1, 57, 3]],
      padTokenId: 3,
      onWarning: (message) => told.push(message),
    });
    expect(warnings.map((warning) => warning.split(":")[0])).toEqual([
      "temperature",
      "topK",
      "lengthPenalty",
      "negativePromptIds",
      "inputIds",
    ]);
    expect(told).toEqual(warnings);
  });

  test("going beyond the model's positions is told of once", async () => {
    const { warnings } = await opened.model.generate({ ...options, maxNewTokens: 66 });
    expect(warnings).toEqual([expect.stringMatching(/^maxLength: is beyond the 64 positions of the model/)]);
  });

  test.each<[string, GenerateOptions & Record<string, unknown>, RegExp]>([
    ["stop strings without a tokenizer", { stopStrings: "." }, /^stopStrings: need the model's tokenizer/],
    ["an empty stop string", { stopStrings: [""] }, /^stopStrings: expected one or more non-empty strings/],
    ["decay without eos", { exponentialDecayLengthPenalty: [1, 1.5] }, /there is none; set eosTokenId/],
    [
      "forcing what is suppressed",
      { forcedBosTokenId: 4, suppressTokens: [4] },
      /^forcedBosTokenId: is also in suppress/,
    ],
    ["a bias for an unknown token", { sequenceBias: [[[97], 1]] }, /^sequenceBias: token 97 is outside the vocabulary/],
    ["a watermark of unknown kind", { watermarkingConfig: { keys: [1] } as object }, /has no field keys/],
    ["chunks without a cache", { prefillChunkSize: 4, useCache: false }, /^prefillChunkSize: needs a cache/],
    [
      "negative prompts of another number",
      { negativePromptIds: [[1], [1]], guidanceScale: 2 },
      /has 2 rows, but inputIds has 1/,
    ],
    [
      "nothing left to choose",
      { suppressTokens: Array.from({ length: 97 }, (_, i) => i) },
      /no token is left after 3 tokens/,
    ],
  ])("%s is refused", async (_, odd, message) => {
    const attempt = opened.model.generate({ ...options, ...odd });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(GenerationError);
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });
});

describe("defaults and orders of transformers", () => {
  const fixture = readFixture<{
    readonly library_defaults: Readonly<Record<string, unknown>>;
    readonly processor_order: string[];
    readonly stopping_criteria_order: string[];
  }>("generation/defaults.json");
  const limits = { vocabSize: 97, maxPositionEmbeddings: 64 };
  const unconditional = () => ({ next: async () => [], select: () => undefined, dispose: () => undefined });

  test("an empty config has the library's defaults", () => {
    const settings: Readonly<Record<string, unknown>> = {
      ...resolveGeneration({ inputIds: [[1]], generationConfig: {} }, {}, limits),
    };
    // Ours on purpose: docs/adr/0008-where-we-differ-from-transformers.md.
    const defaults = { ...fixture.library_defaults, num_assistant_tokens_schedule: "adaptive" };
    const compared = Object.entries(defaults).filter(([key]) => camelCase(key) in settings);
    // max_length 20 stands for 20 new tokens.
    expect(settings.maxLength).toBe(21);
    expect(compared.length).toBeGreaterThan(20);
    for (const [key, value] of compared)
      if (key !== "max_length") expect([key, settings[camelCase(key)]]).toEqual([key, value]);
  });

  const everything: GenerateOptions = {
    generationConfig: {},
    inputIds: [[1, 57, 8]],
    guidanceScale: 2,
    sequenceBias: [[[5], 1]],
    encoderRepetitionPenalty: 1.5,
    repetitionPenalty: 1.2,
    noRepeatNgramSize: 2,
    encoderNoRepeatNgramSize: 3,
    badWordsIds: [[7]],
    minLength: 4,
    minNewTokens: 3,
    forcedBosTokenId: 1,
    forcedEosTokenId: 2,
    removeInvalidValues: true,
    exponentialDecayLengthPenalty: [2, 1.1],
    suppressTokens: [9],
    beginSuppressTokens: [10],
    prefixAllowedTokensFn: () => [5],
    doSample: true,
    temperature: 0.7,
    topH: 0.5,
    topK: 10,
    topP: 0.9,
    minP: 0.05,
    typicalP: 0.9,
    epsilonCutoff: 0.01,
    etaCutoff: 0.01,
    watermarkingConfig: {},
    renormalizeLogits: true,
    eosTokenId: 2,
    maxLength: 20,
    padTokenId: 3,
    maxTime: 5,
  };

  /** Our names, in transformers' words. */
  const classNames: Readonly<Record<string, string>> = {
    guidanceScale: "UnbatchedClassifierFreeGuidanceLogitsProcessor",
    sequenceBias: "SequenceBiasLogitsProcessor",
    encoderRepetitionPenalty: "EncoderRepetitionPenaltyLogitsProcessor",
    repetitionPenalty: "RepetitionPenaltyLogitsProcessor",
    noRepeatNgramSize: "NoRepeatNGramLogitsProcessor",
    encoderNoRepeatNgramSize: "EncoderNoRepeatNGramLogitsProcessor",
    badWordsIds: "NoBadWordsLogitsProcessor",
    minLength: "MinLengthLogitsProcessor",
    minNewTokens: "MinNewTokensLengthLogitsProcessor",
    prefixAllowedTokensFn: "PrefixConstrainedLogitsProcessor",
    forcedBosTokenId: "ForcedBOSTokenLogitsProcessor",
    forcedEosTokenId: "ForcedEOSTokenLogitsProcessor",
    removeInvalidValues: "InfNanRemoveLogitsProcessor",
    exponentialDecayLengthPenalty: "ExponentialDecayLengthPenalty",
    suppressTokens: "SuppressTokensLogitsProcessor",
    beginSuppressTokens: "SuppressTokensAtBeginLogitsProcessor",
    myProcessor: "MyProcessor",
    temperature: "TemperatureLogitsWarper",
    topH: "TopHLogitsWarper",
    topK: "TopKLogitsWarper",
    topP: "TopPLogitsWarper",
    minP: "MinPLogitsWarper",
    typicalP: "TypicalLogitsWarper",
    epsilonCutoff: "EpsilonLogitsWarper",
    etaCutoff: "EtaLogitsWarper",
    watermarkingConfig: "WatermarkLogitsProcessor",
    renormalizeLogits: "LogitNormalization",
    maxLength: "MaxLengthCriteria",
    maxTime: "MaxTimeCriteria",
    eosTokenId: "EosTokenCriteria",
  };

  test("everything on: the processors and criteria are in transformers' order", () => {
    const mine = { name: "myProcessor", process: () => undefined };
    const settings = resolveGeneration({ ...everything, logitsProcessors: [mine] }, {}, limits);
    const names = logitsProcessors(settings, unconditional).map(({ name }) => classNames[name]);
    expect(names).toEqual(fixture.processor_order);
    expect(stoppingCriteria(settings).map(({ name }) => classNames[name])).toEqual(fixture.stopping_criteria_order);
  });

  test("an own processor or criterion with a built-in's name takes its place", () => {
    const own = (name: string) => ({ name, process: () => undefined, isMet: () => [] });
    const [topP, minLength, other, eos] = [own("topP"), own("minLength"), own("other"), own("eosTokenId")];
    const settings = resolveGeneration(
      { ...everything, logitsProcessors: [topP, other, minLength], stoppingCriteria: [other, eos] },
      {},
      limits,
    );
    const made = logitsProcessors(settings, unconditional);
    const order = fixture.processor_order.map((name) => (name === "MyProcessor" ? undefined : name));
    expect(made.map(({ name }) => classNames[name])).toEqual(order);
    for (const processor of [topP, minLength, other]) expect(made.filter((p) => p === processor)).toHaveLength(1);
    expect(stoppingCriteria(settings).map((c) => (c === eos ? "mine" : c.name))).toEqual([
      "maxLength",
      "maxTime",
      "mine",
      "other",
    ]);
  });
});
