import { add, cast, full, mul, reshape, scope, type HeadNorms, type Tensor } from "@helium-lm/tensor";
import type { Module } from "./module.ts";
import { LayerNorm, loadNorm, RmsNorm, type Norm, type NormConfig } from "./norm/index.ts";
import type { WeightSource } from "./weights/weight-source.ts";

/**
 * Norm on queries and keys before RoPE: over each head with one weight `[D]` (`perHead`) or one per head `[n, D]`
 * (`eachHead`), or over the whole projection with a weight `[n·D]` (`fullWidth`).
 */
export interface QkNormConfig {
  readonly kind: "perHead" | "eachHead" | "fullWidth";
  readonly norm: NormConfig;
}

/** The norms of q and k as `ropeAppend` takes them; null where it does not. */
export function headNorms({ rms: q }: QkNorm, { rms: k }: QkNorm): HeadNorms | null {
  return q && k && { q: q.weight, k: k.weight, eps: q.config.eps, weightMode: q.config.weightMode };
}

/** Norm of heads `[N, n, D]`, of each or over their whole width, see `QkNormConfig`. */
export class QkNorm implements Module {
  readonly #wholeWidth: boolean;
  readonly #norm: Norm;
  /** `[n, D]` f32, only for `eachHead`: multiplied, in f32, after a norm whose own weight does nothing. */
  readonly #headWeights: Tensor | null;

  constructor(wholeWidth: boolean, norm: Norm, headWeights: Tensor | null) {
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
      return new QkNorm(false, norm, weights);
    }
    const wholeWidth = config.kind === "fullWidth";
    const norm = await loadNorm(source, wholeWidth ? heads * headDim : headDim, config.norm);
    return new QkNorm(wholeWidth, norm, null);
  }

  /** Heads `[N, n, D]` → the same shape and dtype. */
  forward(heads: Tensor): Tensor {
    return scope(() => {
      const { shape, dtype } = heads;
      if (this.#wholeWidth) {
        const [N = 0, n = 0, D = 0] = shape;
        return reshape(this.#norm.forward(reshape(heads, [N, n * D])), shape);
      }
      if (!this.#headWeights) return this.#norm.forward(heads);
      return cast(mul(this.#norm.forward(cast(heads, "f32")), this.#headWeights), dtype);
    });
  }

  /** The norm where it is an `rmsNorm` with one weight, and no more. */
  get rms(): RmsNorm | null {
    return this.#norm instanceof RmsNorm && !this.#headWeights ? this.#norm : null;
  }

  dispose(): void {
    this.#norm.dispose();
    this.#headWeights?.dispose();
  }
}
