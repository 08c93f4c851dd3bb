import type { DecoderConfig } from "./config/index.ts";
import type { HeadModels, HeadName } from "./heads/index.ts";
import type { GenerationConfig } from "./generation/index.ts";
import { generationConfigOf } from "./generation-config.ts";
import { checkHubOptions, type HubOptions } from "./hub/hub-options.ts";
import { loadConfig, loadModel, type LoadOptions } from "./load.ts";
import { modelSource, type ModelLocation } from "./sources/resolve-source.ts";

/** Loads a config of any known family. */
export const AutoConfig = {
  /** @param location as for `loadModel` @throws ModelLoadError, ConfigError */
  fromPretrained: async (location: ModelLocation, options: HubOptions = {}): Promise<DecoderConfig> => {
    checkHubOptions("AutoConfig.fromPretrained", options);
    return loadConfig(await modelSource(location, options));
  },
};

/** Loads the defaults of `generate` that come with a model. */
export const AutoGenerationConfig = {
  /** @param location as for `loadModel` @throws ModelLoadError, ConfigError */
  fromPretrained: async (location: ModelLocation, options: HubOptions = {}): Promise<GenerationConfig> => {
    checkHubOptions("AutoGenerationConfig.fromPretrained", options);
    const source = await modelSource(location, options);
    return generationConfigOf(source, await loadConfig(source));
  },
};

/** A class-like loader for one head: `AutoModelForCausalLM.fromPretrained(…)`. */
export interface AutoModelClass<H extends HeadName> {
  /** See `loadModel`. */
  readonly fromPretrained: (location: ModelLocation, options?: LoadOptions) => Promise<HeadModels[H]>;
}

const autoModel = <H extends HeadName>(head: H): AutoModelClass<H> => ({
  fromPretrained: (location, options) => loadModel(head, location, options),
});

export const AutoModel = autoModel("base");
export const AutoModelForCausalLM = autoModel("causal-lm");
export const AutoModelForSequenceClassification = autoModel("sequence-classification");
export const AutoModelForTokenClassification = autoModel("token-classification");
