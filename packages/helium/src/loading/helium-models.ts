import type { AutoModelClass } from "./auto.ts";
import { ModelLoadError } from "../errors.ts";
import {
  headNames,
  type BaseModel,
  type HeadName,
  type ModelForCausalLM,
  type ModelForSequenceClassification,
  type ModelForTokenClassification,
} from "../heads/index.ts";
import { resolveLoadOptions } from "./load-options.ts";
import { loadConfig, loadModel } from "./load-model.ts";
import { modelSource } from "../sources/resolve-source.ts";

/** Loaders of one family's heads: as the Auto classes, but a checkpoint of another family is refused. */
type FamilyModels = { readonly [H in HeadName]: AutoModelClass<H> };

/** @param modelType `model_type` of a registered family */
function familyModels(modelType: string): FamilyModels {
  const loader = <H extends HeadName>(head: H): AutoModelClass<H> => ({
    fromPretrained: async (location, options) => {
      const source = await modelSource(location, resolveLoadOptions(options ?? {}).hub);
      const config = await loadConfig(source);
      if (config.modelType !== modelType)
        throw new ModelLoadError(
          source.location,
          `is a "${config.modelType}" model, not "${modelType}"; load it with the Auto classes`,
          {
            given: config.modelType,
            expected: modelType,
          },
        );
      return loadModel(head, source, options);
    },
  });
  return Object.fromEntries(headNames.map((head) => [head, loader(head)])) as unknown as FamilyModels;
}

const helium = familyModels("helium");

/**
 * The names people search for: the four heads of one family, under transformers' class names. They load as the Auto classes
 * do, and refuse a checkpoint of another family.
 *
 * @example
 * using model = await HeliumForCausalLM.fromPretrained("models/helium-nano", { backend: "cpu" });
 * console.log(model.config.modelType); // helium
 */
export const HeliumModel = helium.base;
export type HeliumModel = BaseModel;
export const HeliumForCausalLM = helium["causal-lm"];
export type HeliumForCausalLM = ModelForCausalLM;
export const HeliumForSequenceClassification = helium["sequence-classification"];
export type HeliumForSequenceClassification = ModelForSequenceClassification;
export const HeliumForTokenClassification = helium["token-classification"];
export type HeliumForTokenClassification = ModelForTokenClassification;
