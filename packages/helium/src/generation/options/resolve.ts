import { checkSize } from "./check-size.ts";
import { isPositiveInteger, objectOf, checked } from "../option-checks.ts";
import { checkCombination, warnOfIdleOptions } from "./check-combinations.ts";
import { checkOptionNames } from "./option-names.ts";
import { ConstrainedRows } from "../grammar/constrained-rows.ts";
import { healPrompts } from "../grammar/heal-prompts.ts";
import type { GenerationConfig, GenerationLimits } from "./generation-config.ts";
import type { GenerateOptions } from "./generate-options.ts";
import { processorValues } from "../processors/call-processors.ts";
import type { ResolvedGeneration } from "./resolved-generation.ts";
import { negativePromptOf, resolveCall, seedsOf } from "./resolve-call.ts";
import { resolveMask, resolvePrompts } from "./resolve-prompts.ts";
import { settingValues } from "./settings.ts";
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
  const {
    bosTokenId,
    eosTokenId,
    padTokenId,
    maxNewTokens,
    maxLength: givenMax,
    stopStrings,
    ...set
  } = settingValues(options, fallback, call.assistantModel?.generationConfig ?? {});
  const eosTokenIds = new Set(eosTokenId);
  const [pad = [...eosTokenIds][0] ?? null] = padTokenId;
  const [bos = null] = bosTokenId;
  const given = resolvePrompts(options.inputIds, bos, vocabSize);
  const givenMask = resolveMask(options.attentionMask, given, pad, eosTokenIds);
  const { tokenizer } = call;
  const healed = set.tokenHealing ? healPrompts(given, givenMask, tokenizer, pad ?? 0) : null;
  const { inputIds, attentionMask } = healed ?? { inputIds: given, attentionMask: givenMask };
  const promptLength = inputIds[0]?.length ?? 0;
  const { numBeams, numReturnSequences, doSample } = set;
  const copies = numBeams > 1 ? numBeams : numReturnSequences;
  const maxLength = resolveMaxLength({ maxNewTokens, givenMax }, promptLength, maxPositionEmbeddings);
  checkSize({ inputIds, copies, numBeams, numReturnSequences, promptLength, maxLength, ...limits });
  const context = { inputIds, tokenizer, vocabSize, eosTokenIds, promptLength, maxLength, warn };

  const values = processorValues({ options, config: fallback, doSample, ...context });
  const grammars = values.grammar?.grammars ?? inputIds.map(() => null);
  const settings: ResolvedGeneration = {
    ...call,
    ...set,
    ...values,
    grammar: healed ? new ConstrainedRows({ ...context, grammars, healed }) : values.grammar,
    inputIds,
    attentionMask,
    promptLength,
    maxLength,
    copies,
    stopStrings: checkStopStrings(stopStrings, tokenizer),
    negativePrompt: negativePromptOf(options, inputIds, vocabSize),
    eosTokenIds,
    padTokenId: pad,
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

/** Tokens generated when neither `maxNewTokens` nor `maxLength` is set. */
const DEFAULT_NEW_TOKENS = 20;

/**
 * Length at which rows end, the prompt included: `maxNewTokens` wins over `maxLength`; without either 20 new tokens, as far
 * as the model has positions.
 *
 * @throws GenerationError when the prompt leaves no room
 */
function resolveMaxLength(
  { maxNewTokens, givenMax }: { readonly maxNewTokens: unknown; readonly givenMax: unknown },
  promptLength: number,
  maxPositionEmbeddings: number,
): number {
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
