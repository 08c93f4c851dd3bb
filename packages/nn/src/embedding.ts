import type { DType, Tensor } from "@helium-lm/tensor";
import { Linear } from "./linear.ts";
import { lookUp, shareMatrix, type Matrix } from "./matrix.ts";
import type { Module } from "./module.ts";
import type { WeightSource } from "./weights/weight-source.ts";

/**
 * A table of rows looked up by id, `[V, C]`, dense or quantised. The layer owns its table: `dispose()` frees it.
 *
 * @example
 * const layer = new Embedding(tensor(backend, [[0, 1], [10, 11]])); // [V, C]
 * const rows = layer.forward(tensor(backend, [[1, 0]], { dtype: "i32" })); // [B, T] → [B, T, C]
 * console.log(await rows.toArray()); // [ [ [ 10, 11 ], [ 0, 1 ] ] ]
 * layer.dispose();
 */
export class Embedding implements Module {
  readonly weight: Matrix;

  /** Takes over the tensor. */
  constructor(weight: Matrix) {
    this.weight = weight;
  }

  static async load(source: WeightSource, vocabSize: number, hiddenSize: number): Promise<Embedding> {
    return new Embedding(await source.getMatrix("weight", [vocabSize, hiddenSize]));
  }

  /** ids `[B, T]` (i32) → `[B, T, C]` in the given dtype. */
  forward(ids: Tensor, dtype: DType = "f32"): Tensor {
    return lookUp(this.weight, ids, dtype);
  }

  /** The tied head: a linear layer on the same storage, without bias. */
  asLinear(): Linear {
    return new Linear(shareMatrix(this.weight));
  }

  dispose(): void {
    this.weight.dispose();
  }
}
