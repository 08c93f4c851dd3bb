import { listOf } from "../list-of.ts";
import { checkSize } from "./check-size.ts";
import { isNatural, isPositiveInteger, objectOf, refuse, tokenList } from "./checks.ts";
import { checkCombination, warnOfIdleOptions } from "./combinations.ts";
import { checkOptionNames } from "./option-names.ts";
import { optionReader } from "./option-reader.ts";
import type { GenerationConfig, GenerationLimits } from "./generation-config.ts";
import type { GenerateOptions } from "./options.ts";
import { checkBadWords, checkSequenceBias, type SequenceBias } from "./processors/sequence-bias.ts";
import type { WatermarkingConfig } from "./processors/index.ts";
import { negativePromptOf, resolveCall, seedsOf, stopStringsOf, type ResolvedCall } from "./resolve-call.ts";
import { resolveLengths } from "./resolve-lengths.ts";
import { resolveMask, resolvePrompts } from "./resolve-prompts.ts";
import type { DraftSchedule } from "./speculation/index.ts";
import type { StopStringTokenizer } from "./stopping/index.ts";

type Rows = readonly (readonly number[])[];

/** Settings with every default filled in; null = off. */
export interface ResolvedGeneration extends ResolvedCall {
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
  readonly numAssistantTokens: number;
  /** `numAssistantTokensSchedule`, whose default is not that of transformers. */
  readonly draftSchedule: DraftSchedule;
  readonly assistantConfidenceThreshold: number;
  readonly prefillChunkSize: number | null;
  readonly useCache: boolean;
  readonly outputScores: boolean;
  readonly outputLogits: boolean;
  readonly outputHiddenStates: boolean;
  readonly outputAttentions: boolean;
  readonly eosTokenIds: ReadonlySet<number>;
  /** The pad token, else the first eos, else null. */
  readonly padTokenId: number | null;
  readonly vocabSize: number;
  readonly maxPositionEmbeddings: number;
  /** One for each prompt. */
  readonly seeds: readonly number[];
  readonly warn: (message: string) => void;
  /** What `warn` was told. */
  readonly warnings: readonly string[];
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
  const call = resolveCall(objectOf("options", options));
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
    options.onWarning?.(message);
  };
  const fallback = objectOf("generationConfig", options.generationConfig ?? modelConfig);
  checkOptionNames(options, fallback, warn);
  const { pick, number, optional, sampling, flag } = optionReader(options, fallback);
  const ngramSize = (key: "noRepeatNgramSize" | "encoderNoRepeatNgramSize"): number => {
    const n = number(key, 0, "an integer ≥ 0", Number.isInteger);
    if (n < 0) warn(`${key}: is ${n}, which turns it off; give 0`);
    return Math.max(0, n);
  };
  const tokens = (
    key: "suppressTokens" | "beginSuppressTokens" | "forcedBosTokenId" | "forcedEosTokenId",
  ): readonly number[] | null => tokenList(key, pick(key), vocabSize);

  const eosTokenIds = new Set(integers("eosTokenId", pick("eosTokenId")));
  const [padTokenId = [...eosTokenIds][0] ?? null] = integers("padTokenId", pick("padTokenId"));
  const [bosTokenId = null] = integers("bosTokenId", pick("bosTokenId"));
  const inputIds = resolvePrompts(options.inputIds, bosTokenId, vocabSize);
  const promptLength = inputIds[0]?.length ?? 0;
  const numBeams = number("numBeams", 1, "an integer > 0", isPositiveInteger);
  const numReturnSequences = number("numReturnSequences", 1, "an integer > 0", isPositiveInteger);
  const copies = numBeams > 1 ? numBeams : numReturnSequences;
  const ofAssistant = call.assistantModel?.generationConfig ?? {};
  const lengths = resolveLengths(pick, promptLength, maxPositionEmbeddings, warn);
  checkSize({ inputIds, copies, numBeams, numReturnSequences, promptLength, ...lengths, ...limits });

  const settings: ResolvedGeneration = {
    ...call,
    ...lengths,
    inputIds,
    attentionMask: resolveMask(options.attentionMask, inputIds, padTokenId, eosTokenIds),
    promptLength,
    copies,
    maxTime: optional("maxTime", "a number of seconds ≥ 0", (t) => t >= 0),
    stopStrings: stopStringsOf(pick("stopStrings"), options.tokenizer),
    doSample: flag("doSample", false),
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
    topK: sampling("topK", 50, "an integer ≥ 0", isNatural, 0),
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
    badWordsIds: checkBadWords(pick("badWordsIds"), vocabSize),
    sequenceBias: checkSequenceBias(pick("sequenceBias"), vocabSize),
    suppressTokens: tokens("suppressTokens"),
    beginSuppressTokens: tokens("beginSuppressTokens"),
    forcedBosTokenId: tokens("forcedBosTokenId")?.[0] ?? null,
    forcedEosTokenIds: tokens("forcedEosTokenId"),
    exponentialDecayLengthPenalty: pick("exponentialDecayLengthPenalty"),
    removeInvalidValues: flag("removeInvalidValues", false),
    renormalizeLogits: flag("renormalizeLogits", false),
    guidanceScale: number("guidanceScale", 1, "a number", Number.isFinite),
    negativePrompt: negativePromptOf(options, inputIds, vocabSize),
    watermarkingConfig: pick("watermarkingConfig"),
    promptLookupNumTokens: optional("promptLookupNumTokens", "an integer > 0", isPositiveInteger),
    maxMatchingNgramSize: number("maxMatchingNgramSize", 2, "an integer > 0", isPositiveInteger),
    numAssistantTokens: number(
      "numAssistantTokens",
      ofAssistant.numAssistantTokens ?? 20,
      "an integer > 0",
      isPositiveInteger,
    ),
    draftSchedule: pick("numAssistantTokensSchedule") ?? "adaptive",
    assistantConfidenceThreshold: number(
      "assistantConfidenceThreshold",
      ofAssistant.assistantConfidenceThreshold ?? 0.4,
      "a number from 0 to 1",
      (p) => p >= 0 && p <= 1,
    ),
    prefillChunkSize: optional("prefillChunkSize", "an integer > 0", isPositiveInteger),
    useCache: flag("useCache", true),
    outputScores: flag("outputScores", false),
    outputLogits: flag("outputLogits", false),
    outputHiddenStates: flag("outputHiddenStates", false),
    outputAttentions: flag("outputAttentions", false),
    eosTokenIds,
    padTokenId,
    vocabSize,
    maxPositionEmbeddings,
    seeds: seedsOf(options.seed, inputIds.length),
    warn,
    warnings,
  };
  checkCombination(settings);
  warnOfIdleOptions(options, settings);
  return settings;
}

/** A number or a list of them; nothing for null. They may lie outside the vocabulary: no row then holds them. */
function integers(name: string, given: unknown): readonly number[] {
  const values = given === null ? [] : (listOf(given) ?? [given]);
  const odd = values.findIndex((value) => !Number.isInteger(value));
  return odd < 0 ? (values as readonly number[]) : refuse(name, values[odd], "a token id or a list of them");
}
