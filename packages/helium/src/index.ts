export * from "./loading/auto.ts";
export { GenerationConfig } from "./loading/auto.ts";
export * from "./loading/helium-models.ts";
export { ConfigError, DecoderConfig, HeliumConfig, type DecoderTraits, type FamilyDefinition } from "./config/index.ts";
export { DecoderBlock, type DecoderBlockConfig } from "./model/decoder-block.ts";
export type { ComputeDType } from "./model/storage-dtypes.ts";
export { DecoderModel, type CacheOptions } from "./model/decoder-model.ts";
export type { EmbedRequest, Pooling } from "./encoding/embed.ts";
export type { TextRequest } from "./encoding/read-text.ts";
export * from "./engine/index.ts";
export { InputError, ModelLoadError } from "./errors.ts";
export { knownModelTypes, registerFamily } from "./families/index.ts";
export * from "./generation/index.ts";
export * from "./grammar/index.ts";
export * from "./heads/index.ts";
export * from "./hub/index.ts";
export {
  loadConfig,
  loadModel,
  type LoadOptions,
  type LoadProgress,
  type TensorProgress,
} from "./loading/load-model.ts";
export type { ModelInputs } from "./model/model-inputs.ts";
export type {
  BaseModelOutput,
  CausalLMOutput,
  ModelOutput,
  SequenceClassifierOutput,
  TokenClassifierOutput,
} from "./model/model-outputs.ts";
export { PreTrainedModel } from "./model/pretrained-model.ts";
export type {
  ContinuationScore,
  ContinuationsRequest,
  ScoreContinuationsRequest,
} from "./scoring/score-continuations.ts";
export type { ScoreTokensRequest, TokenScore, TokensRequest } from "./scoring/score-tokens.ts";
export type { SaveOptions } from "./convert/save-pretrained.ts";
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
