export { CacheError, WeightsError } from "./errors.ts";
export { assemble, disposeAll, type Module, type Own } from "./module.ts";
export { matrixDTypes, weightDTypes, type MatrixDType, type WeightDType } from "./weights/matrix-dtypes.ts";
export { EmptyWeights, type EmptyWeightsOptions } from "./weights/empty-weights.ts";
export { CheckpointWeights, type CheckpointWeightsOptions } from "./weights/checkpoint-weights.ts";
export type { DTypeFallback, LoadReport, SlowMatrix } from "./weights/load-report.ts";
export { convertElements, convertStored, type StoredElements } from "./weights/convert-stored.ts";
export { MemoryWeights, type WeightSource } from "./weights/weight-source.ts";
export { keptMatrix, type KeptMatrix, type MatrixPath } from "./kept/kept-matrix.ts";
export { matrixBytes, multiply, shareMatrix, type Matrix } from "./matrix.ts";
export { Linear, type LinearShape } from "./linear.ts";
export { Embedding } from "./embedding.ts";
export {
  LayerNorm,
  loadNorm,
  RmsNorm,
  type LayerNormConfig,
  type Norm,
  type NormConfig,
  type RmsNormConfig,
} from "./norm/index.ts";
export { GatedMlp, type GatedMlpConfig, type GatedMlpNames, type StreamAndOutput } from "./mlp.ts";
export {
  GroupedQueryAttention,
  type AttentionConfig,
  type AttentionContext,
  type AttentionNames,
  type AttentionOutput,
  type PagedKeys,
} from "./attention.ts";
export * from "./cache/index.ts";
export { ChosenTokens, type ChosenRows } from "./pass/chosen-tokens.ts";
export {
  StepInputs,
  stepSize,
  type Follow,
  type Followed,
  type SequenceStep,
  type StepOptions,
  type StepSize,
} from "./pass/step-inputs.ts";
export { mapBounded } from "./map-bounded.ts";
export { MersenneTwister } from "./mersenne-twister.ts";
export { paddingMask, type QueryRun } from "./mask.ts";
export type { QkNormConfig } from "./qk-norm.ts";
export type { NormAndResidual, NormOntoStream } from "./projections.ts";
export * from "./rope/index.ts";
export * from "./io/index.ts";
