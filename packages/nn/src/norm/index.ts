import type { WeightSource } from "../weights/weight-source.ts";
import { LayerNorm, type LayerNormConfig } from "./layer-norm.ts";
import { RmsNorm, type RmsNormConfig } from "./rms-norm.ts";

export type NormConfig = RmsNormConfig | LayerNormConfig;
export type Norm = RmsNorm | LayerNorm;

/** Loads the norm a config names. */
export function loadNorm(source: WeightSource, width: number, config: NormConfig): Promise<Norm> {
  return config.kind === "rms" ? RmsNorm.load(source, width, config) : LayerNorm.load(source, width, config);
}

export { LayerNorm, type LayerNormConfig } from "./layer-norm.ts";
export { RmsNorm, type RmsNormConfig } from "./rms-norm.ts";
