export { GenerationError, LogitsError } from "./errors.ts";
export { GenerateOutput, type BeamRecord, type GenerationRecord } from "./generate-output.ts";
export { generate, generateSteps } from "./generate.ts";
export type { GenerativeModel } from "./generative-model.ts";
export type { GenerationConfig } from "./generation-config.ts";
export type { GenerateOptions } from "./options.ts";
export {
  logitsProcessor,
  type LogitsProcessor,
  type LogitsProcessorName,
  type LogitsRow,
  type WatermarkingConfig,
} from "./processors/index.ts";
export type { DraftSchedule, SpeculationStats } from "./speculation/index.ts";
export { argmaxRow, sampleRow, softmaxRow } from "./sampling.ts";
export type { Uniform } from "./row-random.ts";
export {
  stoppingCriterion,
  type StoppingCriterion,
  type StoppingCriterionName,
  type StopStringTokenizer,
} from "./stopping/index.ts";
export type { StreamTextOptions, TextTokenizer } from "./stream-text.ts";
export type { GenerationStep } from "./token-steps.ts";
export { computeTransitionScores } from "./transition-scores.ts";
export * as processors from "./processors/namespace.ts";
export * as stopping from "./stopping/namespace.ts";
