import type { GenerationConfig, WorkerRequest } from "@helium-lm/helium";
import type { ServedModel } from "../models/served-model.ts";

/** How tokens are drawn, in vLLM's words; null: not said, so that the model's own generation config decides. */
export interface SamplingParameters {
  readonly temperature: number | null;
  readonly topP: number | null;
  /** 0 and −1: all tokens. */
  readonly topK: number | null;
  readonly minP: number | null;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  readonly repetitionPenalty: number | null;
  readonly seed: number | null;
  /** What is added to the logits of tokens. */
  readonly logitBias: ReadonlyMap<number, number>;
  /** New tokens before the text may end. */
  readonly minTokens: number;
  /** Tokens that end the text beside the model's own. */
  readonly stopTokenIds: readonly number[];
  readonly ignoreEos: boolean;
}

export const defaultSampling: SamplingParameters = {
  temperature: null,
  topP: null,
  topK: null,
  minP: null,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repetitionPenalty: null,
  seed: null,
  logitBias: new Map(),
  minTokens: 0,
  stopTokenIds: [],
  ignoreEos: false,
};

/** Temperatures below are as good as none: the logits would leave the range of numbers. */
const COLDEST = 1e-5;

/** Options of the engine for one text of a request; text `index` of several draws from a seed of its own. */
export function samplingOptions(
  { generationConfig: own, eosTokenIds }: Pick<ServedModel, "generationConfig" | "eosTokenIds">,
  given: SamplingParameters,
  index: number,
): Omit<WorkerRequest, "inputIds"> {
  const drawn = modelDefaults(own);
  const asked = given.temperature ?? drawn.temperature ?? 1;
  const temperature = asked < COLDEST ? 0 : asked;
  const topP = given.topP ?? drawn.topP ?? 1;
  const topK = Math.max(0, given.topK ?? drawn.topK ?? 0);
  const minP = given.minP ?? drawn.minP ?? 0;
  const repetitionPenalty = given.repetitionPenalty ?? own.repetitionPenalty ?? 1;
  const { logitBias, minTokens, seed } = given;
  return {
    generationConfig: {},
    doSample: temperature > 0,
    ...(temperature > 0 && { temperature, topP, topK, ...(minP > 0 && { minP }) }),
    ...(repetitionPenalty !== 1 && { repetitionPenalty }),
    ...(given.presencePenalty !== 0 && { presencePenalty: given.presencePenalty }),
    ...(given.frequencyPenalty !== 0 && { frequencyPenalty: given.frequencyPenalty }),
    ...(logitBias.size > 0 && { sequenceBias: [...logitBias].map(([id, bias]) => [[id], bias] as const) }),
    ...(minTokens > 0 && { minNewTokens: minTokens }),
    ...(seed !== null && { seed: seed + index }),
    eosTokenId: [...new Set([...(given.ignoreEos ? [] : eosTokenIds), ...given.stopTokenIds])],
  };
}

/** What a generation config says of sampling, unless it is for greedy texts. */
export const modelDefaults = (own: GenerationConfig): GenerationConfig => (own.doSample === false ? {} : own);
