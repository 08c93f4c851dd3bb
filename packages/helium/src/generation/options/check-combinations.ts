import { GenerationError } from "../../errors.ts";
import type { GenerateOptions } from "./generate-options.ts";
import type { ResolvedGeneration } from "./resolved-generation.ts";
import { builtIn } from "../processors/index.ts";
import type { GenerativeModel } from "../generative-model.ts";
import { settings } from "./settings.ts";

/** @throws GenerationError for settings that do not go together */
export function checkCombination(s: ResolvedGeneration): void {
  const refuse = (name: string, problem: string): never => {
    throw new GenerationError(name, problem);
  };
  if (s.numBeams > 1 ? s.numReturnSequences > s.numBeams : s.numReturnSequences > 1 && !s.doSample)
    refuse(
      "numReturnSequences",
      s.numBeams > 1
        ? `is ${s.numReturnSequences}, more than the ${s.numBeams} beams; raise numBeams`
        : `is ${s.numReturnSequences}, but greedy decoding has one result; set doSample: true or numBeams`,
    );
  checkCache(s, refuse);
  if (s.assistantModel) checkSpeculation("assistantModel", s, refuse);
  if (s.promptLookupNumTokens !== null) checkSpeculation("promptLookupNumTokens", s, refuse);
}

function checkCache(s: ResolvedGeneration, refuse: (name: string, problem: string) => never): void {
  if (s.prefillChunkSize !== null && !s.useCache)
    refuse("prefillChunkSize", "needs a cache to store what was read; leave it out or set useCache: true");
  if (!s.cache) return;
  if (!s.useCache) refuse("pastKeyValues", "was given, but useCache is false");
  if (s.copies > 1) refuse("pastKeyValues", `has one row per prompt, but ${s.copies} are needed; leave it out`);
  if (s.cache.batchSize > 0 && s.cache.batchSize !== s.inputIds.length)
    refuse(
      "pastKeyValues",
      `has ${s.cache.batchSize} rows, but inputIds has ${s.inputIds.length}; select() rows of it`,
    );
  if (s.cache.length >= s.promptLength)
    refuse(
      "pastKeyValues",
      `has ${s.cache.length} slots, but the prompt has ${s.promptLength} tokens; give the whole prompt, whose start is in the cache`,
    );
}

function checkSpeculation(name: string, s: ResolvedGeneration, refuse: (name: string, problem: string) => never): void {
  if (!s.useCache) refuse(name, "needs a cache; set useCache: true");
  if (s.numBeams > 1)
    refuse(
      name,
      `works on one row by itself, but the ${s.numBeams} beams of a prompt are chosen together; leave it out`,
    );
  if (s.outputHiddenStates || s.outputAttentions)
    refuse(
      name,
      "tries several tokens per pass, so there are no hidden states or attentions of each token; leave it out",
    );
}

/** Their defaults change nothing, so that nobody needs to hear that they are not used. */
const onlySampling = builtIn.sampling.map((definition) => ({ name: definition.option, default: definition.default }));
const onlyBeams = (["earlyStopping", "lengthPenalty"] as const).map((name) => ({
  name,
  default: settings[name].default,
}));
const onlyAssistant = ["numAssistantTokens", "assistantConfidenceThreshold"] as const;

/** Options of which the second wins. */
const rivals = [
  ["maxLength", "maxNewTokens"],
  ["minLength", "minNewTokens"],
] as const;

/** Tells of the call's own options that have no effect beside the others, and of prompts padded on the right. */
export function warnOfIdleOptions(options: GenerateOptions, s: ResolvedGeneration): void {
  for (const [loser, winner] of rivals)
    if (options[loser] && options[winner])
      s.warn(`${loser}: has no effect beside ${winner}, which wins; leave one out`);
  const isSet = (one: (typeof onlySampling | typeof onlyBeams)[number]): boolean =>
    (options[one.name] ?? one.default) !== one.default;
  if (!s.doSample)
    for (const { name } of onlySampling.filter(isSet))
      s.warn(`${name}: has no effect without doSample: true; set it or leave ${name} out`);
  if (s.numBeams === 1)
    for (const { name } of onlyBeams.filter(isSet))
      s.warn(`${name}: has no effect without numBeams > 1; set it or leave ${name} out`);
  if (!s.assistantModel)
    for (const name of onlyAssistant)
      if (options[name] !== undefined && options[name] !== null)
        s.warn(`${name}: has no effect without assistantModel; set it or leave ${name} out`);
  if (options.negativePromptIds && s.guidanceScale === 1)
    s.warn("negativePromptIds: has no effect without guidanceScale; set it, e.g. to 1.5");
  if (s.attentionMask.some((mask) => mask.at(-1) === 0))
    s.warn("inputIds: rows end with padding, but the text continues at their end; pad on the left");
}

/** @throws GenerationError for what this model cannot do */
export function checkModel(model: GenerativeModel, settings: ResolvedGeneration): void {
  const { promptLookupNumTokens, assistantModel, prefillChunkSize, warn } = settings;
  const speculating = assistantModel ? "assistantModel" : promptLookupNumTokens !== null && "promptLookupNumTokens";
  if (speculating && model.anglesDependOnLength)
    throw new GenerationError(
      speculating,
      "tries tokens beyond the text, but this model's RoPE angles follow the longest position; leave it out",
    );
  if (speculating && model.isBidirectional)
    throw new GenerationError(
      speculating,
      "tries tokens beyond the text, but in this model tokens see those that follow; leave it out",
    );
  if (assistantModel && assistantModel.config.vocabSize !== model.config.vocabSize)
    throw new GenerationError(
      "assistantModel",
      `has a vocabulary of ${assistantModel.config.vocabSize} tokens, but the model has ${model.config.vocabSize}; give a smaller model with the same tokenizer`,
      { given: assistantModel.config.vocabSize, expected: model.config.vocabSize },
    );
  if (prefillChunkSize !== null && model.anglesDependOnLength)
    warn(
      "prefillChunkSize: has no effect, since this model's RoPE angles follow the longest position, so the prompt is read in one piece",
    );
  if (prefillChunkSize !== null && model.isBidirectional)
    warn(
      "prefillChunkSize: has no effect, since in this model tokens see those that follow, so the prompt is read in one piece",
    );
}
