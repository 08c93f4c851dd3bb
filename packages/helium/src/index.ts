export * from "./auto.ts";
export { GenerationConfig } from "./auto.ts";
export * from "./class-aliases.ts";
export { ConfigError, DecoderConfig, HeliumConfig, type DecoderTraits, type FamilyDefinition } from "./config/index.ts";
export { DecoderBlock, type DecoderBlockConfig } from "./decoder-block.ts";
export type { ComputeDType } from "./compute-dtype.ts";
export { DecoderModel, type CacheOptions } from "./decoder-model.ts";
export * from "./engine/index.ts";
export { InputError, ModelLoadError } from "./errors.ts";
export { knownModelTypes, registerFamily } from "./families/index.ts";
export * from "./generation/index.ts";
export * from "./heads/index.ts";
export * from "./hub/index.ts";
export { loadConfig, loadModel, type LoadOptions, type LoadProgress, type TensorProgress } from "./load.ts";
export type { ModelInputs } from "./model-inputs.ts";
export type {
  BaseModelOutput,
  CausalLMOutput,
  ModelOutput,
  SequenceClassifierOutput,
  TokenClassifierOutput,
} from "./outputs.ts";
export { PreTrainedModel } from "./pretrained-model.ts";
export type { SaveOptions } from "./save-pretrained.ts";
export {
  filesSource,
  folderSource,
  ggufSource,
  hubSource,
  modelSource,
  pullModel,
  readText,
  urlSource,
  type ClonableLocation,
  type FileSource,
  type FolderOptions,
  type GgufSource,
  type ModelLocation,
  type ModelSource,
  type NamedFiles,
  type PulledModel,
  type UrlOptions,
} from "./sources/index.ts";
export * from "./tokenizer/index.ts";
