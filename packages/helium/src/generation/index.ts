export { GenerationError } from "./errors.ts";
export { generate, generateSteps, type GenerateOutput, type GenerationStep, type GenerativeModel } from "./generate.ts";
export type { GenerateOptions, GenerationConfig } from "./options.ts";
export { logitsProcessors, temperature, topK, topP, type LogitsProcessor } from "./processors/index.ts";
export { argmaxRow, sampleRow, softmaxRow } from "./sampling.ts";
