import type { DecoderConfig } from "./config/index.ts";
import type { HeadModels, HeadName } from "./heads/index.ts";
import { modelFiles, type ModelFiles } from "./hub/index.ts";
import { loadConfig, loadModel, type LoadOptions } from "./load.ts";

/** Loads a config of any known family. */
export const AutoConfig = {
  /** @param location folder, http(s) URL or files @throws ModelLoadError, ConfigError */
  fromPretrained: async (location: string | URL | ModelFiles): Promise<DecoderConfig> =>
    loadConfig(await modelFiles(location)),
};

/** A class-like loader for one head: `AutoModelForCausalLM.fromPretrained(…)`. */
export interface AutoModelClass<H extends HeadName> {
  /** See `loadModel`. */
  readonly fromPretrained: (location: string | URL | ModelFiles, options?: LoadOptions) => Promise<HeadModels[H]>;
}

const autoModel = <H extends HeadName>(head: H): AutoModelClass<H> => ({
  fromPretrained: (location, options) => loadModel(head, location, options),
});

export const AutoModel = autoModel("base");
export const AutoModelForCausalLM = autoModel("causal-lm");
export const AutoModelForSequenceClassification = autoModel("sequence-classification");
export const AutoModelForTokenClassification = autoModel("token-classification");
