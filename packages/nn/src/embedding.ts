import { gather, type DType, type Tensor } from "@helium-lm/tensor";
import { Linear } from "./linear.ts";
import type { Module } from "./module.ts";
import type { WeightSource } from "./weights.ts";

/** A table of rows looked up by id, `[V, C]`. */
export class Embedding implements Module {
  readonly weight: Tensor;

  /** Takes over the tensor. */
  constructor(weight: Tensor) {
    this.weight = weight;
  }

  static async load(source: WeightSource, vocabSize: number, hiddenSize: number): Promise<Embedding> {
    return new Embedding(await source.get("weight", [vocabSize, hiddenSize]));
  }

  /** ids `[B, T]` (i32) → `[B, T, C]` in the given dtype. */
  forward(ids: Tensor, dtype: DType = "f32"): Tensor {
    return gather(this.weight, ids, { dtype });
  }

  /** The tied head: a linear layer on the same storage, without bias. */
  asLinear(): Linear {
    return new Linear(this.weight.view(this.weight.layout));
  }

  dispose(): void {
    this.weight.dispose();
  }
}
