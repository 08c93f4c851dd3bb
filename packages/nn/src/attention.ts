import {
  attention,
  attentionWithWeights,
  narrow,
  permute,
  reshape,
  rope,
  scope,
  type AttentionOptions,
  type RopePairing,
  type Tensor,
} from "@helium-lm/tensor";
import type { CacheView, KvCache } from "./cache/index.ts";
import { Linear } from "./linear.ts";
import { bothMasks, windowMask } from "./mask.ts";
import { splitRows } from "./mlp.ts";
import { assemble, disposeAll, type Module } from "./module.ts";
import type { Norm, NormConfig } from "./norm/index.ts";
import { projectOnto, projectTogether, type Surroundings } from "./projections.ts";
import { QkNorm } from "./qk-norm.ts";
import type { RotaryAngles } from "./rope/index.ts";
import type { WeightSource } from "./weights.ts";

/**
 * Norm on queries and keys before RoPE: over each head with one weight `[D]` (`perHead`) or one per head `[n, D]`
 * (`eachHead`), or over the whole projection with a weight `[n·D]` (`fullWidth`).
 */
export interface QkNormConfig {
  readonly kind: "perHead" | "eachHead" | "fullWidth";
  readonly norm: NormConfig;
}

/** Weight names below an attention layer; the default is that of most checkpoints. */
export interface AttentionNames {
  readonly q: string;
  readonly k: string;
  readonly v: string;
  readonly qkv: string;
  readonly o: string;
  readonly qNorm: string;
  readonly kNorm: string;
}

const defaultNames: AttentionNames = {
  q: "q_proj",
  k: "k_proj",
  v: "v_proj",
  qkv: "qkv_proj",
  o: "o_proj",
  qNorm: "q_norm",
  kNorm: "k_norm",
};

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
  /** Keys after the query's own slot are hidden. */
  readonly causal: boolean;
  /** Null: this layer has no position embedding. */
  readonly ropePairing: RopePairing | null;
}

/** What one forward pass shares between layers. */
export interface AttentionContext {
  /** Of the B·T tokens; null where no layer turns anything. */
  readonly rope: RotaryAngles | null;
  /** Broadcasts to `[B, H, T, S]`; bool (true = visible) or float (added to the scores). */
  readonly mask: Tensor | null;
  /** The mask says it all: no causal rule and no window on top of it. */
  readonly maskIsComplete: boolean;
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
  readonly queryNorm: QkNorm | null;
  readonly keyNorm: QkNorm | null;

  constructor(
    config: AttentionConfig,
    layers: { query: Linear; key: Linear; value: Linear; out: Linear },
    norms: { query: QkNorm; key: QkNorm } | null,
  ) {
    this.config = config;
    this.query = layers.query;
    this.key = layers.key;
    this.value = layers.value;
    this.out = layers.out;
    this.queryNorm = norms?.query ?? null;
    this.keyNorm = norms?.key ?? null;
  }

  /** Asks for the projections (three, or one fused) and, with a qk norm, its two weights. */
  static async load(
    source: WeightSource,
    config: AttentionConfig,
    names: AttentionNames = defaultNames,
  ): Promise<GroupedQueryAttention> {
    const { hiddenSize: C, heads: H, kvHeads: K, headDim: D, qkvBias: bias, qkNorm } = config;
    return assemble(async (own) => {
      const project = async (name: string, rows: number): Promise<Linear> =>
        own(await Linear.load(source.at(name), { inFeatures: C, outFeatures: rows, bias }));
      const [query, key, value] = config.fusedQkv
        ? splitRows(await project(names.qkv, (H + 2 * K) * D), [H * D, K * D, K * D])
        : [await project(names.q, H * D), await project(names.k, K * D), await project(names.v, K * D)];
      [query, key, value].forEach(own);
      const out = own(
        await Linear.load(source.at(names.o), { inFeatures: H * D, outFeatures: C, bias: config.outBias }),
      );
      const norms = qkNorm && {
        query: own(await QkNorm.load(source.at(names.qNorm), H, D, qkNorm)),
        key: own(await QkNorm.load(source.at(names.kNorm), K, D, qkNorm)),
      };
      return new GroupedQueryAttention(config, { query, key, value, out }, norms);
    });
  }

  /** x `[B, T, C]`; the output is of the normed x, with the residual added, where they are given. */
  forward(x: Tensor, context: AttentionContext, { norm = null, residual = null }: Surroundings = {}): AttentionOutput {
    return scope(() => {
      const { heads: H, headDim: D } = this.config;
      const [B, T] = x.shape as [number, number];
      const { q, k, v } = this.#project(x, norm, context);
      const { output, weights } = this.#attend(q, k, v, context);
      const merged = reshape(permute(output, [0, 2, 1, 3]), [B, T, H * D]);
      return { output: projectOnto(residual, merged, this.out), weights };
    });
  }

  dispose(): void {
    disposeAll(this.query, this.key, this.value, this.out, this.queryNorm, this.keyNorm);
  }

  /** q `[B, H, T, D]`, k and v `[B, K, T, D]`, normed and turned. */
  #project(x: Tensor, norm: Norm | null, context: AttentionContext): { q: Tensor; k: Tensor; v: Tensor } {
    const { heads: H, kvHeads: K, headDim: D } = this.config;
    const { joined, parts } = projectTogether(x, [this.query, this.key, this.value], norm);
    const [query, key, value] = parts as [Tensor, Tensor, Tensor];
    const rows = (heads: Tensor): Tensor => byRows(heads, x.shape);
    const v = rows(this.#heads(value, K, null));
    if (joined && !this.queryNorm) {
      // The heads of q and k lie side by side and turn as one.
      const both = this.#rotate(this.#heads(narrow(joined, 2, 0, (H + K) * D), H + K, null), context);
      return { q: rows(narrow(both, 1, 0, H)), k: rows(narrow(both, 1, H, K)), v };
    }
    const q = this.#rotate(this.#heads(query, H, this.queryNorm), context);
    const k = this.#rotate(this.#heads(key, K, this.keyNorm), context);
    return { q: rows(q), k: rows(k), v };
  }

  /** Projection `[B, T, n·D]` → heads `[B·T, n, D]`, normed where configured. */
  #heads(projected: Tensor, n: number, norm: QkNorm | null): Tensor {
    const normed = norm ? norm.forward(projected) : projected;
    const [B, T] = projected.shape as [number, number];
    return reshape(normed, [B * T, n, this.config.headDim]);
  }

  /** Heads `[N, n, D]`, turned where this layer turns them. */
  #rotate(x: Tensor, { rope: angles }: AttentionContext): Tensor {
    const pairing = this.config.ropePairing;
    if (pairing === null || angles === null) return x;
    return rope(x, angles.cos, angles.sin, { pairing, positions: angles.positions });
  }

  #attend(q: Tensor, k: Tensor, v: Tensor, context: AttentionContext): AttentionOutput {
    const { scale, window, softcap, causal } = this.config;
    const { cache } = context;
    const open = context.maskIsComplete;
    // The op's window looks back only; one that looks both ways is a mask.
    const bothWays = !causal && !open && window !== null;
    let options: AttentionOptions = {
      scale,
      softcap,
      causal: causal && !open,
      window: open || bothWays ? null : window,
    };
    const mask = bothWays ? bothMasks(this.#windowMask(q, window, cache?.view), context.mask) : context.mask;
    if (mask) options = { ...options, mask };
    let [keys, values] = [k, v];
    if (cache) {
      cache.store.write(cache.layer, k, v, cache.view);
      keys = cache.store.keys(cache.layer);
      values = cache.store.values(cache.layer);
      const { tables, lengths } = cache.view;
      options = { ...options, tables, lengths, ...cache.store.scales(cache.layer) };
    }
    if (context.outputWeights) return attentionWithWeights(q, keys, values, options);
    return { output: attention(q, keys, values, options), weights: null };
  }

  #windowMask(q: Tensor, window: number, view: CacheView | undefined): Tensor {
    const [B, , T] = q.shape as [number, number, number];
    return windowMask(q.backend, view?.lengths ?? new Array<number>(B).fill(T), T, window);
  }
}

/** Heads `[B·T, n, D]` → `[B, n, T, D]`. */
function byRows(heads: Tensor, [B = 0, T = 0]: readonly number[]): Tensor {
  const [, n, D] = heads.shape as [number, number, number];
  return permute(reshape(heads, [B, T, n, D]), [0, 2, 1, 3]);
}
