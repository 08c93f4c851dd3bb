import {
  attention,
  attentionWithWeights,
  permute,
  reshape,
  rope,
  scope,
  type AttentionOptions,
  type NormWeightMode,
  type RopePairing,
  type Tensor,
} from "@helium-lm/tensor";
import type { CacheView, KvCache } from "./cache/index.ts";
import { Linear } from "./linear.ts";
import { splitRows } from "./mlp.ts";
import { disposeAll, type Module } from "./module.ts";
import { RmsNorm } from "./norm/index.ts";
import type { WeightSource } from "./weights.ts";

/** Norm on queries and keys before RoPE: over each head (`[D]`) or over the whole projection (`[H·D]`, `[K·D]`). */
export interface QkNormConfig {
  readonly scope: "perHead" | "fullWidth";
  readonly eps: number;
  readonly weightMode: NormWeightMode;
}

export interface AttentionConfig {
  readonly hiddenSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly qkvBias: boolean;
  readonly outBias: boolean;
  /** q, k and v are stored as one `qkv_proj [(H + 2K)·D, C]`, in that order. */
  readonly fusedQkv: boolean;
  readonly qkNorm: QkNormConfig | null;
  /** Factor on the scores. */
  readonly scale: number;
  readonly softcap: number | null;
  readonly window: number | null;
  /** Null: this layer has no position embedding. */
  readonly ropePairing: RopePairing | null;
}

/** What one forward pass shares between layers. */
export interface AttentionContext {
  /** `[B or 1, T, R/2]` each */
  readonly rope: { readonly cos: Tensor; readonly sin: Tensor };
  /** Broadcasts to `[B, H, T, S]`. */
  readonly mask: Tensor | null;
  readonly cache: { readonly store: KvCache; readonly view: CacheView; readonly layer: number } | null;
  readonly outputWeights: boolean;
}

export interface AttentionOutput {
  /** `[B, T, C]` */
  readonly output: Tensor;
  /** `[B, H, T, S]`, on request */
  readonly weights: Tensor | null;
}

/** Grouped-query self-attention with rotary positions (Ainslie et al., arXiv 2305.13245). */
export class GroupedQueryAttention implements Module {
  readonly config: AttentionConfig;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly out: Linear;
  readonly queryNorm: RmsNorm | null;
  readonly keyNorm: RmsNorm | null;

  constructor(
    config: AttentionConfig,
    layers: { query: Linear; key: Linear; value: Linear; out: Linear },
    norms: { query: RmsNorm; key: RmsNorm } | null,
  ) {
    this.config = config;
    this.query = layers.query;
    this.key = layers.key;
    this.value = layers.value;
    this.out = layers.out;
    this.queryNorm = norms?.query ?? null;
    this.keyNorm = norms?.key ?? null;
  }

  /** Asks for `{q,k,v}_proj` or `qkv_proj`, `o_proj` and, with a qk norm, `q_norm` and `k_norm`. */
  static async load(source: WeightSource, config: AttentionConfig): Promise<GroupedQueryAttention> {
    const { hiddenSize: C, heads: H, kvHeads: K, headDim: D, qkvBias: bias, qkNorm } = config;
    const project = (name: string, rows: number): Promise<Linear> =>
      Linear.load(source.at(name), { inFeatures: C, outFeatures: rows, bias });
    const [query, key, value] = config.fusedQkv
      ? splitRows(await project("qkv_proj", (H + 2 * K) * D), [H * D, K * D, K * D])
      : [await project("q_proj", H * D), await project("k_proj", K * D), await project("v_proj", K * D)];
    const out = await Linear.load(source.at("o_proj"), { inFeatures: H * D, outFeatures: C, bias: config.outBias });
    const norms = qkNorm && {
      query: await RmsNorm.load(source.at("q_norm"), qkNorm.scope === "perHead" ? D : H * D, {
        kind: "rms",
        ...qkNorm,
      }),
      key: await RmsNorm.load(source.at("k_norm"), qkNorm.scope === "perHead" ? D : K * D, { kind: "rms", ...qkNorm }),
    };
    return new GroupedQueryAttention(config, { query, key, value, out }, norms);
  }

  /** x `[B, T, C]`. */
  forward(x: Tensor, context: AttentionContext): AttentionOutput {
    return scope(() => {
      const { heads: H, kvHeads: K, headDim: D } = this.config;
      const [B, T] = x.shape as [number, number];
      const q = this.#rotate(this.#heads(this.query.forward(x), H, this.queryNorm), context); // [B, H, T, D]
      const k = this.#rotate(this.#heads(this.key.forward(x), K, this.keyNorm), context); // [B, K, T, D]
      const v = this.#heads(this.value.forward(x), K, null);
      const { output, weights } = this.#attend(q, k, v, context);
      const merged = reshape(permute(output, [0, 2, 1, 3]), [B, T, H * D]);
      return { output: this.out.forward(merged), weights };
    });
  }

  dispose(): void {
    disposeAll(this.query, this.key, this.value, this.out, this.queryNorm, this.keyNorm);
  }

  /** Projection `[B, T, n·D]` → heads `[B, n, T, D]`, normed where configured. */
  #heads(projected: Tensor, n: number, norm: RmsNorm | null): Tensor {
    const [B, T] = projected.shape as [number, number];
    const wide = norm && this.config.qkNorm?.scope === "fullWidth" ? norm.forward(projected) : projected;
    const split = reshape(wide, [B, T, n, this.config.headDim]);
    const normed = norm && this.config.qkNorm?.scope === "perHead" ? norm.forward(split) : split;
    return permute(normed, [0, 2, 1, 3]); // [B, n, T, D]
  }

  #rotate(x: Tensor, { rope: { cos, sin } }: AttentionContext): Tensor {
    const pairing = this.config.ropePairing;
    return pairing === null ? x : rope(x, cos, sin, { pairing });
  }

  #attend(q: Tensor, k: Tensor, v: Tensor, context: AttentionContext): AttentionOutput {
    const { scale, window, softcap } = this.config;
    const { cache } = context;
    let options: AttentionOptions = { scale, window, softcap };
    if (context.mask) options = { ...options, mask: context.mask };
    let [keys, values] = [k, v];
    if (cache) {
      cache.store.write(cache.layer, k, v);
      keys = cache.store.keys(cache.layer);
      values = cache.store.values(cache.layer);
      options = { ...options, ...cache.view };
    }
    if (context.outputWeights) return attentionWithWeights(q, keys, values, options);
    return { output: attention(q, keys, values, options), weights: null };
  }
}
