import { listOf } from "../../given-values.ts";
import { checkSize } from "./check-size.ts";
import { isPositiveInteger, objectOf, refuse, checked } from "../option-checks.ts";
import { checkCombination, warnOfIdleOptions } from "./check-combinations.ts";
import { checkOptionNames } from "./option-names.ts";
import { optionReader } from "./option-reader.ts";
import type { GenerationConfig, GenerationLimits } from "./generation-config.ts";
import type { GenerateOptions } from "./generate-options.ts";
import { processorValues } from "../processors/call-processors.ts";
import type { ResolvedGeneration } from "./resolved-generation.ts";
import { negativePromptOf, resolveCall, seedsOf } from "./resolve-call.ts";
import { resolveMask, resolvePrompts } from "./resolve-prompts.ts";
import { checkStopStrings } from "../stopping/text-end.ts";
import { GenerationError } from "../../errors.ts";

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
  const { pick, number, optional, flag } = optionReader(options, fallback);
  const eosTokenIds = new Set(integers("eosTokenId", pick("eosTokenId")));
  const [padTokenId = [...eosTokenIds][0] ?? null] = integers("padTokenId", pick("padTokenId"));
  const [bosTokenId = null] = integers("bosTokenId", pick("bosTokenId"));
  const inputIds = resolvePrompts(options.inputIds, bosTokenId, vocabSize);
  const promptLength = inputIds[0]?.length ?? 0;
  const numBeams = number("numBeams", 1, "an integer > 0", isPositiveInteger);
  const numReturnSequences = number("numReturnSequences", 1, "an integer > 0", isPositiveInteger);
  const copies = numBeams > 1 ? numBeams : numReturnSequences;
  const ofAssistant = call.assistantModel?.generationConfig ?? {};
  const maxLength = resolveMaxLength(pick, promptLength, maxPositionEmbeddings);
  checkSize({ inputIds, copies, numBeams, numReturnSequences, promptLength, maxLength, ...limits });
  const doSample = flag("doSample", false);
  const context = { vocabSize, eosTokenIds, promptLength, maxLength, warn };

  const settings: ResolvedGeneration = {
    ...call,
    ...processorValues({ options, config: fallback, doSample, ...context }),
    inputIds,
    attentionMask: resolveMask(options.attentionMask, inputIds, padTokenId, eosTokenIds),
    promptLength,
    maxLength,
    copies,
    maxTime: optional("maxTime", "a number of seconds ≥ 0", (t) => t >= 0),
    stopStrings: checkStopStrings(pick("stopStrings"), options.tokenizer),
    doSample,
    numBeams,
    numReturnSequences,
    lengthPenalty: number("lengthPenalty", 1, "a number", Number.isFinite),
    earlyStopping: pick("earlyStopping") ?? false,
    negativePrompt: negativePromptOf(options, inputIds, vocabSize),
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

/** Tokens generated when neither `maxNewTokens` nor `maxLength` is set. */
const DEFAULT_NEW_TOKENS = 20;

/**
 * Length at which rows end, the prompt included: `maxNewTokens` wins over `maxLength`; without either 20 new tokens, as far
 * as the model has positions.
 *
 * @throws GenerationError when the prompt leaves no room
 */
export function resolveMaxLength(
  pick: (key: "maxNewTokens" | "maxLength") => GenerationConfig["maxLength"],
  promptLength: number,
  maxPositionEmbeddings: number,
): number {
  const [maxNewTokens, givenMax] = [pick("maxNewTokens") ?? null, pick("maxLength") ?? null];
  const maxLength =
    maxNewTokens !== null
      ? promptLength + checked("maxNewTokens", maxNewTokens, "an integer > 0", isPositiveInteger)
      : givenMax !== null
        ? checked("maxLength", givenMax, "an integer > 0", isPositiveInteger)
        : Math.min(promptLength + DEFAULT_NEW_TOKENS, maxPositionEmbeddings);
  if (promptLength >= maxLength)
    throw new GenerationError(
      "maxLength",
      `is ${maxLength}, but the prompt already has ${promptLength} tokens; raise maxLength, set maxNewTokens or shorten the prompt`,
      { given: maxLength, promptLength },
    );
  return maxLength;
}
