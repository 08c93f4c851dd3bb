export { RopeError } from "../errors.ts";
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
export { RopeTable, type RotaryAngles } from "./rope-table.ts";
export { RotaryEmbedding } from "./rotary-embedding.ts";
export type { CosSin } from "./rotary-embedding.ts";
