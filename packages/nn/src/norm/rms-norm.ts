import { rmsNorm, type NormWeightMode, type Tensor } from "@helium-lm/tensor";
import type { Module } from "../module.ts";
import type { WeightSource } from "../weights/weight-source.ts";

export interface RmsNormConfig {
  readonly kind: "rms";
  readonly eps: number;
  readonly weightMode: NormWeightMode;
}

/**
 * Root-mean-square norm over the last axis, see the op `rmsNorm`.
 *
 * @example
 * const norm = new RmsNorm(ones(backend, [2]), { kind: "rms", eps: 1e-6, weightMode: "f32-mul" });
 * console.log(norm.forward(ones(backend, [3, 2])).shape); // [ 3, 2 ]
 */
export class RmsNorm implements Module {
  readonly weight: Tensor;
  readonly config: RmsNormConfig;

  constructor(weight: Tensor, config: RmsNormConfig) {
    this.weight = weight;
    this.config = config;
  }

  static async load(source: WeightSource, width: number, config: RmsNormConfig): Promise<RmsNorm> {
    return new RmsNorm(await source.get("weight", [width]), config);
  }

  /** x `[..., C]` → the same shape and dtype. */
  forward(x: Tensor): Tensor {
    const { eps, weightMode } = this.config;
    return rmsNorm(x, this.weight, { eps, weightMode });
  }

  /** `residual + forward(x)` */
  forwardOnto(residual: Tensor, x: Tensor): Tensor {
    const { eps, weightMode } = this.config;
    return rmsNorm(x, this.weight, { eps, weightMode, residual });
  }

  dispose(): void {
    this.weight.dispose();
  }
}
