import type { Tensor } from "@helium-lm/tensor";
import { multiply, type Matrix } from "./matrix.ts";
import { assemble, type Module } from "./module.ts";
import type { WeightSource } from "./weights/weight-source.ts";

export interface LinearShape {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
}

/**
 * `y = x·Wᵀ + b`, W `[out, in]` dense or quantised, b `[out]`. The layer owns its tensors: `dispose()` frees them.
 *
 * @example
 * const layer = new Linear(tensor(backend, [[1, 2], [3, 4]])); // [out, in]
 * console.log(await layer.forward(tensor(backend, [[1, 1]])).toArray()); // [ [ 3, 7 ] ]
 * layer.dispose();
 */
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
    if (!bias) return new Linear(await source.getMatrix("weight", [outFeatures, inFeatures]));
    return assemble(async (own) => {
      const weight = own(source.getMatrix("weight", [outFeatures, inFeatures]));
      const added = own(source.get("bias", [outFeatures]));
      return new Linear(await weight, await added);
    });
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
