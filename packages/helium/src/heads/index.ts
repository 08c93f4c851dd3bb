import type { HeadDefinition } from "../model/head-definition.ts";
import type { PreTrainedModel } from "../model/pretrained-model.ts";
import { baseHead } from "./base-model.ts";
import { causalLMHead } from "./causal-lm.ts";
import { sequenceClassificationHead } from "./sequence-classification.ts";
import { tokenClassificationHead } from "./token-classification.ts";

/** The head table: one line adds a head. Of two whose weights a checkpoint has, the later one is taken to be meant. */
const table = {
  base: baseHead,
  "causal-lm": causalLMHead,
  "sequence-classification": sequenceClassificationHead,
  "token-classification": tokenClassificationHead,
} as const satisfies Readonly<Record<string, HeadDefinition<PreTrainedModel>>>;

/** The heads that a trunk may have. */
export type HeadName = keyof typeof table;

/** Model class of every head. */
export type HeadModels = {
  readonly [H in HeadName]: (typeof table)[H] extends HeadDefinition<infer Model> ? Model : never;
};

/** The definition of every head. */
export const heads: { readonly [H in HeadName]: HeadDefinition<HeadModels[H]> } = table;

/** Names of all heads. */
export const headNames = Object.keys(table) as readonly HeadName[];

export type { HeadDefinition } from "../model/head-definition.ts";
export { BaseModel } from "./base-model.ts";
export { ModelForCausalLM, type CausalLMInputs } from "./causal-lm.ts";
export { ModelForSequenceClassification, type SequenceClassificationInputs } from "./sequence-classification.ts";
export { ModelForTokenClassification, type TokenClassificationInputs } from "./token-classification.ts";
