import type { PreTrainedModel, HeadLoadOptions } from "../pretrained-model.ts";
import type { WeightNames } from "../config/index.ts";
import type { HeadName } from "../head-name.ts";
import { BaseModel } from "./base-model.ts";
import { ModelForCausalLM } from "./causal-lm.ts";
import { ModelForSequenceClassification } from "./sequence-classification.ts";
import { ModelForTokenClassification } from "./token-classification.ts";

/** Model class of every head. */
export interface HeadModels extends Record<HeadName, PreTrainedModel> {
  readonly base: BaseModel;
  readonly "causal-lm": ModelForCausalLM;
  readonly "sequence-classification": ModelForSequenceClassification;
  readonly "token-classification": ModelForTokenClassification;
}

export interface HeadDefinition<M extends PreTrainedModel> {
  /** Paths that a checkpoint of another head lacks. */
  readonly headPaths: (names: WeightNames) => readonly string[];
  readonly load: (options: HeadLoadOptions) => Promise<M>;
  /** A checkpoint with this head, in words. */
  readonly checkpoint: string;
  /** The class that loads one. */
  readonly loader: string;
}

/** The head table. */
export const heads: { readonly [K in HeadName]: HeadDefinition<HeadModels[K]> } = {
  base: {
    headPaths: () => [],
    load: (options) => BaseModel.load(options),
    checkpoint: "a trunk without a head",
    loader: "AutoModel",
  },
  "causal-lm": {
    headPaths: ({ lmHead }) => [`${lmHead}.weight`],
    load: (options) => ModelForCausalLM.load(options),
    checkpoint: "a causal language model",
    loader: "AutoModelForCausalLM",
  },
  "sequence-classification": {
    headPaths: ({ score }) => [`${score}.weight`],
    load: (options) => ModelForSequenceClassification.load(options),
    checkpoint: "a sequence classifier",
    loader: "AutoModelForSequenceClassification",
  },
  "token-classification": {
    headPaths: ({ score }) => [`${score}.weight`, `${score}.bias`],
    load: (options) => ModelForTokenClassification.load(options),
    checkpoint: "a token classifier",
    loader: "AutoModelForTokenClassification",
  },
};

export type { HeadName } from "../head-name.ts";
export { BaseModel } from "./base-model.ts";
export { ModelForCausalLM, type CausalLMInputs } from "./causal-lm.ts";
export { ModelForSequenceClassification, type SequenceClassificationInputs } from "./sequence-classification.ts";
export { ModelForTokenClassification, type TokenClassificationInputs } from "./token-classification.ts";
