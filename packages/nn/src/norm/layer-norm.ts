import { add, layerNorm, scope, type Tensor } from "@helium-lm/tensor";
import { assemble, type Module } from "../module.ts";
import type { WeightSource } from "../weights/weight-source.ts";

export interface LayerNormConfig {
  readonly kind: "layer";
  readonly eps: number;
}

/**
 * Layer norm over the last axis with a weight and, where the checkpoint has one, a bias; see the op `layerNorm`.
 *
 * @example
 * const norm = new LayerNorm(ones(backend, [2]), null, { kind: "layer", eps: 1e-5 });
 * console.log(norm.forward(ones(backend, [3, 2])).shape); // [ 3, 2 ]
 */
export class LayerNorm implements Module {
  readonly weight: Tensor;
  readonly bias: Tensor | null;
  readonly config: LayerNormConfig;

  constructor(weight: Tensor, bias: Tensor | null, config: LayerNormConfig) {
    this.weight = weight;
    this.bias = bias;
    this.config = config;
  }

  static async load(source: WeightSource, width: number, config: LayerNormConfig): Promise<LayerNorm> {
    return assemble(async (own) => {
      const weight = own(source.get("weight", [width]));
      const bias = source.has("bias") ? own(source.get("bias", [width])) : null;
      return new LayerNorm(await weight, await bias, config);
    });
  }

  /** x `[..., C]` → the same shape and dtype. */
  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias ?? undefined, { eps: this.config.eps });
  }

  /** `residual + forward(x)` */
  forwardOnto(residual: Tensor, x: Tensor): Tensor {
    return scope(() => add(residual, this.forward(x)));
  }

  dispose(): void {
    this.weight.dispose();
    this.bias?.dispose();
  }
}
