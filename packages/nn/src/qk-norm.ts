import { mul, ones, reshape, scope, type Tensor } from "@helium-lm/tensor";
import type { QkNormConfig } from "./attention.ts";
import type { Module } from "./module.ts";
import { LayerNorm, loadNorm, RmsNorm, type Norm } from "./norm/index.ts";
import type { WeightSource } from "./weights.ts";

/** Norm of a projection `[B, T, n·D]` over its heads or its whole width, see `QkNormConfig`. */
export class QkNorm implements Module {
  readonly #heads: number;
  readonly #headDim: number;
  readonly #wholeWidth: boolean;
  readonly #norm: Norm;
  /** `[n, D]`, only for `eachHead`: applied after a norm whose own weight is 1. */
  readonly #headWeights: Tensor | null;

  constructor(heads: number, headDim: number, wholeWidth: boolean, norm: Norm, headWeights: Tensor | null) {
    this.#heads = heads;
    this.#headDim = headDim;
    this.#wholeWidth = wholeWidth;
    this.#norm = norm;
    this.#headWeights = headWeights;
  }

  static async load(source: WeightSource, heads: number, headDim: number, config: QkNormConfig): Promise<QkNorm> {
    if (config.kind === "eachHead") {
      const weights = await source.get("weight", [heads, headDim]);
      const unit = scope((s) => s.keep(ones(weights.backend, [headDim])));
      const norm = config.norm.kind === "rms" ? new RmsNorm(unit, config.norm) : new LayerNorm(unit, null, config.norm);
      return new QkNorm(heads, headDim, false, norm, weights);
    }
    const wholeWidth = config.kind === "fullWidth";
    const norm = await loadNorm(source, wholeWidth ? heads * headDim : headDim, config.norm);
    return new QkNorm(heads, headDim, wholeWidth, norm, null);
  }

  /** `[B, T, n·D]` → the same shape and dtype. */
  forward(x: Tensor): Tensor {
    if (this.#wholeWidth) return this.#norm.forward(x);
    return scope(() => {
      const [B, T, width] = x.shape as [number, number, number];
      const normed = this.#norm.forward(reshape(x, [B, T, this.#heads, this.#headDim])); // [B, T, n, D]
      return reshape(this.#headWeights ? mul(normed, this.#headWeights) : normed, [B, T, width]);
    });
  }

  dispose(): void {
    this.#norm.dispose();
    this.#headWeights?.dispose();
  }
}
