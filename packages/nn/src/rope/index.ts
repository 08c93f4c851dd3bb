export { RopeError } from "./errors.ts";
export { ropeFrequencies, ropeSchemes, ropeTypes } from "./frequencies.ts";
export type {
  DefaultRope,
  DynamicRope,
  LinearRope,
  Llama3Rope,
  LongRope,
  RopeContext,
  RopeFrequencies,
  RopeParameters,
  RopeParametersByType,
  RopeScheme,
  RopeType,
  YarnRope,
} from "./parameters.ts";
export { rotaryAngles, type RotaryAngles } from "./rotary-angles.ts";
export { RotaryEmbedding } from "./rotary-embedding.ts";
export type { CosSin } from "./rotary-embedding.ts";
