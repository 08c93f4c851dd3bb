import { add, cast, full, mul, reshape, scope, type Tensor } from "@helium-lm/tensor";
import type { Module } from "./module.ts";
import { LayerNorm, loadNorm, RmsNorm, type Norm, type NormConfig } from "./norm/index.ts";
import type { WeightSource } from "./weight-source.ts";

/**
 * Norm on queries and keys before RoPE: over each head with one weight `[D]` (`perHead`) or one per head `[n, D]`
 * (`eachHead`), or over the whole projection with a weight `[n·D]` (`fullWidth`).
 */
export interface QkNormConfig {
  readonly kind: "perHead" | "eachHead" | "fullWidth";
  readonly norm: NormConfig;
}

/** Norm of a projection `[N, n·D]` over its heads or its whole width, see `QkNormConfig`. */
export class QkNorm implements Module {
  readonly #heads: number;
  readonly #headDim: number;
  readonly #wholeWidth: boolean;
  readonly #norm: Norm;
  /** `[n, D]` f32, only for `eachHead`: multiplied, in f32, after a norm whose own weight does nothing. */
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
      const stored = await source.get("weight", [heads, headDim]);
      const addsOne = config.norm.kind === "rms" && config.norm.weightMode === "one-plus";
      const { weights, neutral } = scope(() => ({
        weights: addsOne ? add(cast(stored, "f32"), 1) : cast(stored, "f32"),
        neutral: full(stored.backend, [headDim], addsOne ? 0 : 1),
      }));
      stored.dispose();
      const norm =
        config.norm.kind === "rms" ? new RmsNorm(neutral, config.norm) : new LayerNorm(neutral, null, config.norm);
      return new QkNorm(heads, headDim, false, norm, weights);
    }
    const wholeWidth = config.kind === "fullWidth";
    const norm = await loadNorm(source, wholeWidth ? heads * headDim : headDim, config.norm);
    return new QkNorm(heads, headDim, wholeWidth, norm, null);
  }

  /** `[N, n·D]` → the same shape and dtype. */
  forward(x: Tensor): Tensor {
    if (this.#wholeWidth) return this.#norm.forward(x);
    return scope(() => {
      const heads = reshape(x, [...x.shape.slice(0, -1), this.#heads, this.#headDim]); // [N, n, D]
      if (!this.#headWeights) return reshape(this.#norm.forward(heads), x.shape);
      const normed = mul(this.#norm.forward(cast(heads, "f32")), this.#headWeights);
      return reshape(cast(normed, x.dtype), x.shape);
    });
  }

  dispose(): void {
    this.#norm.dispose();
    this.#headWeights?.dispose();
  }
}
