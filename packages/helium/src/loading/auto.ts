import type { DecoderConfig } from "../config/index.ts";
import type { HeadModels, HeadName } from "../heads/index.ts";
import type { GenerationConfig as GenerationDefaults } from "../generation/index.ts";
import { generationConfigOf } from "./read-generation-config.ts";
import { checkHubOptions, type HubOptions } from "../hub/hub-options.ts";
import { loadConfig, loadModel, type LoadOptions } from "./load-model.ts";
import { modelSource, type ModelLocation } from "../sources/resolve-source.ts";

/** Loads a config of any known family. */
export const AutoConfig = {
  /**
   * The config of a model, wherever it is; no weights are read.
   *
   * @param location as for `AutoModelForCausalLM.fromPretrained`
   * @throws ModelLoadError where there is no config.json (HubError for a repository), ConfigError for one that no family fits
   *
   * @example
   * const config = await AutoConfig.fromPretrained("models/helium-nano");
   * console.log(`${config.modelType} with ${config.numHiddenLayers} layers`); // helium with 6 layers
   */
  fromPretrained: async (location: ModelLocation, options: HubOptions = {}): Promise<DecoderConfig> => {
    checkHubOptions("AutoConfig.fromPretrained", options);
    return loadConfig(await modelSource(location, options));
  },
};

export type GenerationConfig = GenerationDefaults;

/** Loads the defaults of `generate` that come with a model. */
export const GenerationConfig = {
  /**
   * Those of generation_config.json, which may be the only file there, or else the special tokens and generation keys of
   * config.json; of a GGUF file its special tokens.
   *
   * @param location as for `loadModel`
   * @throws ModelLoadError for a damaged generation_config.json, and where there is neither file; ConfigError
   *
   * @example
   * const { eosTokenId } = await GenerationConfig.fromPretrained("models/helium-nano");
   * console.log(eosTokenId); // 2
   */
  fromPretrained: async (location: ModelLocation, options: HubOptions = {}): Promise<GenerationConfig> => {
    checkHubOptions("GenerationConfig.fromPretrained", options);
    const source = await modelSource(location, options);
    return generationConfigOf(source, () => loadConfig(source));
  },
};

/** A class-like loader for one head: `AutoModelForCausalLM.fromPretrained(…)`. */
export interface AutoModelClass<H extends HeadName> {
  /**
   * Loads config, generation config and weights; resolves once all weights are in memory. The model is the caller's:
   * `dispose()` or `using` frees its weights, and its backend too unless you gave one.
   *
   * @param location a folder, a `.gguf` file, a URL of either, `org/name` on the hub, a small model such as `helium-nano`,
   *   files chosen in a page, or a `ModelSource` of your own
   * @param options among others `backend` ("wasm", "cpu", or one of yours), `threads`, `dtype` ("q4_0" and others quantise
   *   while the weights are read), `onProgress`, `signal`
   * @throws ModelLoadError where nothing can be loaded (HubError for a repository), ConfigError for a config that no family
   *   fits, CheckpointError for damaged weights, WeightsError for missing ones, BackendError where the backend cannot run
   */
  readonly fromPretrained: (location: ModelLocation, options?: LoadOptions) => Promise<HeadModels[H]>;
}

const autoModel = <H extends HeadName>(head: H): AutoModelClass<H> => ({
  fromPretrained: (location, options) => loadModel(head, location, options),
});

/**
 * Loads the trunk of a checkpoint without a head, whose `forward` gives hidden states.
 *
 * @example
 * using model = await AutoModel.fromPretrained("models/helium-nano", { backend: "cpu" });
 * using output = model.forward({ inputIds: [[1, 588, 1027]] });
 * console.log(output.lastHiddenState.shape); // [ 1, 3, 256 ]
 */
export const AutoModel = autoModel("base");

/**
 * Loads a model that writes text: `generate`, `stream`, `streamText`, and `forward` for logits.
 *
 * @example
 * const tokenizer = await AutoTokenizer.fromPretrained("models/helium-nano");
 * using model = await AutoModelForCausalLM.fromPretrained("models/helium-nano", { backend: "cpu", dtype: "q8_0" });
 * const { sequences } = await model.generate({ ...tokenizer("To install the system, you need"), maxNewTokens: 8 });
 * console.log(tokenizer.batchDecode(sequences, { skipSpecialTokens: true }));
 */
export const AutoModelForCausalLM = autoModel("causal-lm");

/**
 * Loads a model that gives a whole text one of several labels.
 *
 * @example
 * const folder = "models/helium-nano-langid";
 * const tokenizer = await AutoTokenizer.fromPretrained(folder);
 * using model = await AutoModelForSequenceClassification.fromPretrained(folder, { backend: "cpu" });
 * using output = model.forward(tokenizer("Wo ist der Bahnhof?"));
 * const best = (await output.logits.data()).reduce((most, value, i, all) => (value > all[most] ? i : most), 0);
 * console.log(model.config.id2label[best]); // de
 */
export const AutoModelForSequenceClassification = autoModel("sequence-classification");

/**
 * Loads a model that gives each token a label.
 *
 * @example
 * const folder = "models/helium-nano-codeswitch";
 * const tokenizer = await AutoTokenizer.fromPretrained(folder);
 * using model = await AutoModelForTokenClassification.fromPretrained(folder, { backend: "cpu" });
 * const inputs = tokenizer("Ouvrez le menu, then restart.");
 * using output = model.forward(inputs);
 * console.log(output.logits.shape[1] === inputs.inputIds[0].length); // true
 */
export const AutoModelForTokenClassification = autoModel("token-classification");
