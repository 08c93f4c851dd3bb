import type { Tensor } from "@helium-lm/tensor";
import { multiply, type Matrix } from "./matrix.ts";
import type { Module } from "./module.ts";
import type { WeightSource } from "./weights.ts";

export interface LinearShape {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
}

/** `y = x·Wᵀ + b`, W `[out, in]` dense or quantised, b `[out]`. */
export class Linear implements Module {
  readonly weight: Matrix;
  readonly bias: Tensor | null;

  /** Takes over the tensors. */
  constructor(weight: Matrix, bias: Tensor | null = null) {
    this.weight = weight;
    this.bias = bias;
  }

  /** Asks for `weight` and, with a bias, `bias`. */
  static async load(source: WeightSource, { inFeatures, outFeatures, bias }: LinearShape): Promise<Linear> {
    const weight = await source.getMatrix("weight", [outFeatures, inFeatures]);
    return new Linear(weight, bias ? await source.get("bias", [outFeatures]) : null);
  }

  /** x `[..., in]` → `[..., out]` in the dtype of x. */
  forward(x: Tensor): Tensor {
    return multiply(x, this.weight, this.bias ?? undefined);
  }

  dispose(): void {
    this.weight.dispose();
    this.bias?.dispose();
  }
}
