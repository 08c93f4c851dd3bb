import { familyModels } from "./family-models.ts";
import type {
  BaseModel,
  ModelForCausalLM,
  ModelForSequenceClassification,
  ModelForTokenClassification,
} from "./heads/index.ts";

const helium = familyModels("helium");

/** The names people search for: the four heads of one family, under transformers' class names. */
export const HeliumModel = helium.base;
export type HeliumModel = BaseModel;
export const HeliumForCausalLM = helium["causal-lm"];
export type HeliumForCausalLM = ModelForCausalLM;
export const HeliumForSequenceClassification = helium["sequence-classification"];
export type HeliumForSequenceClassification = ModelForSequenceClassification;
export const HeliumForTokenClassification = helium["token-classification"];
export type HeliumForTokenClassification = ModelForTokenClassification;
