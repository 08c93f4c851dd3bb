import { isKvDType, kvDTypes, type KvCache, type KvDType } from "@helium-lm/nn";
import { checked, isNatural, isPositiveInteger } from "./checks.ts";
import { checkCombination, warnOfIdleOptions } from "./combinations.ts";
import { GenerationError } from "./errors.ts";
import { checkOptionNames } from "./option-names.ts";
import type { GenerateOptions, GenerationConfig, GenerationLimits } from "./options.ts";
import { checkBadWords, checkSequenceBias, type SequenceBias } from "./processors/sequence-bias.ts";
import type { LogitsProcessor, WatermarkingConfig } from "./processors/index.ts";
import { resolveLengths } from "./resolve-lengths.ts";
import { checkedMask, checkedRows, resolveMask, resolvePrompts, tokenList } from "./resolve-prompts.ts";
import type { StoppingCriterion, StopStringTokenizer } from "./stopping/index.ts";

type Rows = readonly (readonly number[])[];

/** Settings with every default filled in; null = off. */
export interface ResolvedGeneration {
  /** Prompts `[B][T]`. */
  readonly inputIds: Rows;
  readonly attentionMask: Rows;
  readonly promptLength: number;
  /** Rows per prompt while decoding: beams, or rows drawn. */
  readonly copies: number;
  /** Length at which generation stops, prompt included. */
  readonly maxLength: number;
  readonly minLength: number;
  readonly minNewTokens: number;
  readonly maxTime: number | null;
  readonly stopStrings: { readonly strings: readonly string[]; readonly tokenizer: StopStringTokenizer } | null;
  readonly doSample: boolean;
  readonly numBeams: number;
  readonly numReturnSequences: number;
  readonly lengthPenalty: number;
  readonly earlyStopping: boolean | "never";
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number | null;
  readonly topH: number | null;
  readonly typicalP: number;
  readonly epsilonCutoff: number;
  readonly etaCutoff: number;
  readonly repetitionPenalty: number;
  readonly encoderRepetitionPenalty: number;
  readonly noRepeatNgramSize: number;
  readonly encoderNoRepeatNgramSize: number;
  readonly badWordsIds: Rows | null;
  readonly sequenceBias: SequenceBias | null;
  readonly suppressTokens: readonly number[] | null;
  readonly beginSuppressTokens: readonly number[] | null;
  readonly forcedBosTokenId: number | null;
  readonly forcedEosTokenIds: readonly number[] | null;
  readonly exponentialDecayLengthPenalty: readonly [number, number] | null;
  readonly removeInvalidValues: boolean;
  readonly renormalizeLogits: boolean;
  readonly guidanceScale: number;
  readonly negativePrompt: { readonly ids: Rows; readonly mask: Rows };
  readonly watermarkingConfig: WatermarkingConfig | null;
  readonly promptLookupNumTokens: number | null;
  readonly maxMatchingNgramSize: number;
  readonly prefillChunkSize: number | null;
  readonly useCache: boolean;
  readonly cache: KvCache | null;
  readonly kvDType: KvDType | null;
  readonly outputScores: boolean;
  readonly outputLogits: boolean;
  readonly outputHiddenStates: boolean;
  readonly outputAttentions: boolean;
  readonly eosTokenIds: ReadonlySet<number>;
  /** The pad token, else the first eos, else null. */
  readonly padTokenId: number | null;
  readonly prefixAllowedTokensFn: NonNullable<GenerateOptions["prefixAllowedTokensFn"]> | null;
  readonly logitsProcessors: readonly LogitsProcessor[];
  readonly stoppingCriteria: readonly StoppingCriterion[];
  readonly vocabSize: number;
  readonly maxPositionEmbeddings: number;
  readonly seed: number;
  readonly warn: (message: string) => void;
}

/**
 * Resolves a call's options over the generation config over the library's defaults, and checks every value. A number
 * outside its domain is refused also where the call's mode would not use it.
 *
 * @throws GenerationError naming the option, what was given and what is expected
 */
export function resolveGeneration(
  options: GenerateOptions,
  modelConfig: GenerationConfig,
  limits: GenerationLimits,
): ResolvedGeneration {
  const { vocabSize, maxPositionEmbeddings } = limits;
  const warn = options.onWarning ?? (() => undefined);
  const fallback = options.generationConfig ?? modelConfig;
  checkOptionNames(options, fallback, warn);
  const pick = <K extends keyof GenerationConfig>(key: K): NonNullable<GenerationConfig[K]> | null =>
    options[key] ?? fallback[key] ?? null;
  const number = (
    key: keyof GenerationConfig,
    otherwise: number,
    expected: string,
    accepts: (value: number) => boolean,
  ): number => checked(key, (pick(key) as number | null) ?? otherwise, expected, accepts);
  /** What only sampling reads: without it a generation config may hold anything, as published ones do. */
  const sampling: typeof number = (key, otherwise, ...check) =>
    doSample || (options[key] ?? null) !== null ? number(key, otherwise, ...check) : otherwise;
  const optional = (
    key: keyof GenerationConfig,
    expected: string,
    accepts: (value: number) => boolean,
  ): number | null => (pick(key) === null ? null : number(key, 0, expected, accepts));
  const ngramSize = (key: "noRepeatNgramSize" | "encoderNoRepeatNgramSize"): number => {
    const n = number(key, 0, "an integer ≥ 0", Number.isInteger);
    if (n < 0) warn(`${key}: is ${n}, which turns it off; give 0`);
    return Math.max(0, n);
  };
  const tokens = (
    key: "suppressTokens" | "beginSuppressTokens" | "forcedBosTokenId" | "forcedEosTokenId",
  ): readonly number[] | null => tokenList(key, pick(key), vocabSize);

  const doSample = pick("doSample") ?? false;
  const eosTokenIds = new Set([pick("eosTokenId") ?? []].flat());
  const padTokenId = pick("padTokenId") ?? [...eosTokenIds][0] ?? null;
  const inputIds = resolvePrompts(options.inputIds, pick("bosTokenId"), vocabSize);
  const promptLength = inputIds[0]?.length ?? 0;
  const numBeams = number("numBeams", 1, "an integer > 0", isPositiveInteger);
  const numReturnSequences = number("numReturnSequences", 1, "an integer > 0", isPositiveInteger);
  const [badWordsIds, sequenceBias] = [pick("badWordsIds"), pick("sequenceBias")];
  if (badWordsIds) checkBadWords(badWordsIds, vocabSize);
  if (sequenceBias) checkSequenceBias(sequenceBias, vocabSize);

  const settings: ResolvedGeneration = {
    inputIds,
    attentionMask: resolveMask(options.attentionMask, inputIds, padTokenId, eosTokenIds),
    promptLength,
    copies: numBeams > 1 ? numBeams : numReturnSequences,
    ...resolveLengths(pick, promptLength, maxPositionEmbeddings, warn),
    maxTime: optional("maxTime", "a number of seconds ≥ 0", (t) => t >= 0),
    stopStrings: stopStringsOf(pick("stopStrings"), options.tokenizer),
    doSample,
    numBeams,
    numReturnSequences,
    lengthPenalty: number("lengthPenalty", 1, "a number", Number.isFinite),
    earlyStopping: pick("earlyStopping") ?? false,
    temperature: sampling(
      "temperature",
      1,
      "a number > 0; use doSample: false for greedy decoding",
      (t) => t > 0 && t < Infinity,
    ),
    topK: sampling("topK", 50, "an integer ≥ 0", isNatural),
    topP: sampling("topP", 1, "a number from 0 to 1", (p) => p >= 0 && p <= 1),
    minP: optional("minP", "a number from 0 to 1", (p) => p >= 0 && p <= 1),
    topH: optional("topH", "a number > 0 and ≤ 1", (h) => h > 0 && h <= 1),
    typicalP: sampling("typicalP", 1, "a number > 0 and ≤ 1", (p) => p > 0 && p <= 1),
    epsilonCutoff: sampling("epsilonCutoff", 0, "a number ≥ 0 and < 1", (e) => e >= 0 && e < 1),
    etaCutoff: sampling("etaCutoff", 0, "a number ≥ 0 and < 1", (e) => e >= 0 && e < 1),
    repetitionPenalty: number("repetitionPenalty", 1, "a number > 0", (r) => r > 0 && r < Infinity),
    encoderRepetitionPenalty: number("encoderRepetitionPenalty", 1, "a number > 0", (r) => r > 0 && r < Infinity),
    noRepeatNgramSize: ngramSize("noRepeatNgramSize"),
    encoderNoRepeatNgramSize: ngramSize("encoderNoRepeatNgramSize"),
    badWordsIds,
    sequenceBias,
    suppressTokens: tokens("suppressTokens"),
    beginSuppressTokens: tokens("beginSuppressTokens"),
    forcedBosTokenId: tokens("forcedBosTokenId")?.[0] ?? null,
    forcedEosTokenIds: tokens("forcedEosTokenId"),
    exponentialDecayLengthPenalty: pick("exponentialDecayLengthPenalty"),
    removeInvalidValues: pick("removeInvalidValues") ?? false,
    renormalizeLogits: pick("renormalizeLogits") ?? false,
    guidanceScale: number("guidanceScale", 1, "a number", Number.isFinite),
    negativePrompt: negativePromptOf(options, inputIds, vocabSize),
    watermarkingConfig: pick("watermarkingConfig"),
    promptLookupNumTokens: optional("promptLookupNumTokens", "an integer > 0", isPositiveInteger),
    maxMatchingNgramSize: number("maxMatchingNgramSize", 2, "an integer > 0", isPositiveInteger),
    prefillChunkSize: optional("prefillChunkSize", "an integer > 0", isPositiveInteger),
    useCache: pick("useCache") ?? true,
    cache: options.pastKeyValues ?? null,
    kvDType: kvDTypeOf(options),
    outputScores: pick("outputScores") ?? false,
    outputLogits: pick("outputLogits") ?? false,
    outputHiddenStates: pick("outputHiddenStates") ?? false,
    outputAttentions: pick("outputAttentions") ?? false,
    eosTokenIds,
    padTokenId,
    prefixAllowedTokensFn: options.prefixAllowedTokensFn ?? null,
    logitsProcessors: options.logitsProcessors ?? [],
    stoppingCriteria: options.stoppingCriteria ?? [],
    vocabSize,
    maxPositionEmbeddings,
    seed: options.seed ?? randomSeed(),
    warn,
  };
  checkCombination(settings);
  warnOfIdleOptions(options, settings);
  return settings;
}

function kvDTypeOf({ kvDType }: GenerateOptions): KvDType | null {
  if (kvDType === undefined || isKvDType(kvDType)) return kvDType ?? null;
  throw new GenerationError("kvDType", `is ${String(kvDType)}; expected one of ${kvDTypes.join(", ")}`, {
    given: kvDType,
    expected: kvDTypes,
  });
}

function stopStringsOf(
  given: string | readonly string[] | null,
  tokenizer: StopStringTokenizer | undefined,
): ResolvedGeneration["stopStrings"] {
  if (given === null) return null;
  const strings = [given].flat();
  if (strings.length === 0 || strings.some((text) => typeof text !== "string" || text === ""))
    throw new GenerationError("stopStrings", "expected one or more strings that are not empty", { given });
  if (!tokenizer)
    throw new GenerationError("stopStrings", "need the model's tokenizer to see the text; give tokenizer", { given });
  return { strings, tokenizer };
}

/** Without a negative prompt guidance leads away from what follows the last token alone. */
function negativePromptOf(
  { negativePromptIds, negativePromptAttentionMask }: GenerateOptions,
  inputIds: Rows,
  vocabSize: number,
): ResolvedGeneration["negativePrompt"] {
  const ids = negativePromptIds
    ? checkedRows("negativePromptIds", negativePromptIds, vocabSize)
    : inputIds.map((row) => row.slice(-1));
  if (ids.length !== inputIds.length)
    throw new GenerationError(
      "negativePromptIds",
      `has ${ids.length} rows, inputIds has ${inputIds.length}; give one per prompt`,
      {
        given: ids.length,
        expected: inputIds.length,
      },
    );
  const mask = negativePromptAttentionMask
    ? checkedMask("negativePromptAttentionMask", negativePromptAttentionMask, "negativePromptIds", ids)
    : ids.map((row) => row.map(() => 1));
  return { ids, mask };
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
