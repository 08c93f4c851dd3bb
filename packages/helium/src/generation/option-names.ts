import { nearestName } from "@helium-lm/tensor";
import { GenerationError } from "./errors.ts";
import type { GenerationConfig } from "./generation-config.ts";
import type { GenerateOptions } from "./options.ts";

const configNames: Record<keyof GenerationConfig, true> = {
  maxNewTokens: true,
  maxLength: true,
  minLength: true,
  minNewTokens: true,
  maxTime: true,
  stopStrings: true,
  doSample: true,
  numBeams: true,
  numReturnSequences: true,
  lengthPenalty: true,
  earlyStopping: true,
  temperature: true,
  topK: true,
  topP: true,
  minP: true,
  topH: true,
  typicalP: true,
  epsilonCutoff: true,
  etaCutoff: true,
  repetitionPenalty: true,
  encoderRepetitionPenalty: true,
  noRepeatNgramSize: true,
  encoderNoRepeatNgramSize: true,
  badWordsIds: true,
  sequenceBias: true,
  suppressTokens: true,
  beginSuppressTokens: true,
  forcedBosTokenId: true,
  forcedEosTokenId: true,
  exponentialDecayLengthPenalty: true,
  removeInvalidValues: true,
  renormalizeLogits: true,
  guidanceScale: true,
  watermarkingConfig: true,
  promptLookupNumTokens: true,
  maxMatchingNgramSize: true,
  numAssistantTokens: true,
  numAssistantTokensSchedule: true,
  assistantConfidenceThreshold: true,
  prefillChunkSize: true,
  useCache: true,
  outputScores: true,
  outputLogits: true,
  outputHiddenStates: true,
  outputAttentions: true,
  bosTokenId: true,
  eosTokenId: true,
  padTokenId: true,
};

const callNames: Record<Exclude<keyof GenerateOptions, keyof GenerationConfig>, true> = {
  inputIds: true,
  attentionMask: true,
  generationConfig: true,
  pastKeyValues: true,
  kvDType: true,
  assistantModel: true,
  engine: true,
  cacheSalt: true,
  logitsProcessors: true,
  stoppingCriteria: true,
  prefixAllowedTokensFn: true,
  negativePromptIds: true,
  negativePromptAttentionMask: true,
  tokenizer: true,
  seed: true,
  signal: true,
  onWarning: true,
};

/** Columns of a tokenizer's output that decoders have no use for, and what is always so here. */
const taken = ["tokenTypeIds", "offsetsMapping", "specialTokensMask", "tokens", "returnDictInGenerate"];

/** Options of transformers that make no difference here. */
const withoutEffect: ReadonlySet<string> = new Set([
  "cacheImplementation",
  "cacheConfig",
  "maxCacheLen",
  "compileConfig",
  "disableCompile",
  "continuousBatchingConfig",
  "decoderStartTokenId",
  "assistantLookbehind",
  "targetLookbehind",
  "isAssistant",
]);

/** Options of transformers that ask for something that is not done here: the value that asks for nothing, the mend. */
const unsupported: ReadonlyMap<string, readonly [off: unknown, mend: string]> = new Map(
  Object.entries({
    numBeamGroups: [1, "group beam search is not supported; use numBeams with doSample for varied beams"],
    diversityPenalty: [0, "group beam search is not supported; use numBeams with doSample for varied beams"],
    constraints: [null, "constrained beam search is not supported; use prefixAllowedTokensFn"],
    forceWordsIds: [null, "constrained beam search is not supported; use prefixAllowedTokensFn"],
    penaltyAlpha: [0, "contrastive search is not supported; use doSample with typicalP or minP"],
    dolaLayers: [null, "DoLa decoding is not supported; leave it out"],
    assistantTokenizer: [
      null,
      "a draft model with another tokenizer is not supported; give one with the same, or use promptLookupNumTokens",
    ],
    assistantEnsembleWeight: [null, "a draft model never changes what is drawn; leave it out"],
    assistantEarlyExit: [null, "early exit is not supported; use promptLookupNumTokens"],
    speculationType: [null, "is not supported; use assistantModel or promptLookupNumTokens"],
    useMtp: [false, "multi-token prediction is not supported; use promptLookupNumTokens"],
    lowMemory: [false, "beams run at once; leave it out or lower numBeams"],
    tokenHealing: [false, "token healing is not supported; end the prompt at a word boundary"],
    streamer: [null, "use model.stream(options)"],
  }),
);

const known: ReadonlySet<string> = new Set([...Object.keys(configNames), ...Object.keys(callNames), ...taken]);

/**
 * Checks the names of a call's options and of the generation config below it. A config may hold keys of its own, an
 * options object may not.
 *
 * @throws GenerationError for an unknown option, with the nearest known one, and for one that is not supported
 */
export function checkOptionNames(
  options: GenerateOptions,
  fallback: GenerationConfig,
  warn: (message: string) => void,
): void {
  for (const [name, value] of Object.entries({ ...fallback, ...options }) as [string, unknown][]) {
    const [off, mend] = unsupported.get(name) ?? [];
    if (mend !== undefined && value !== null && value !== undefined && value !== off)
      throw new GenerationError(name, `is set; ${mend}`, { given: value, expected: off });
  }
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value === undefined || value === null || known.has(name) || unsupported.has(name)) continue;
    if (withoutEffect.has(name)) {
      warn(`${name}: has no effect here`);
      continue;
    }
    const nearest = nearestName(name, known);
    throw new GenerationError(name, `is no option of generate; the nearest is ${nearest}`, { given: name, nearest });
  }
}
