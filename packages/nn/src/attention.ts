import {
  attention,
  attentionWithWeights,
  permute,
  reshape,
  rope,
  scope,
  type AttentionOptions,
  type AttentionSettings,
  type RopePairing,
  type Tensor,
} from "@helium-lm/tensor";
import type { LayerPages } from "./cache/index.ts";
import { Linear } from "./linear.ts";
import { bothMasks, windowMask, type QueryRun } from "./mask.ts";
import { splitRows } from "./mlp.ts";
import { assemble, disposeAll, type Module } from "./module.ts";
import type { Norm } from "./norm/index.ts";
import { projectOnto, projectTogether, type NormAndResidual } from "./projections.ts";
import { headNorms, QkNorm, type QkNormConfig } from "./qk-norm.ts";
import type { RotaryAngles } from "./rope/index.ts";
import type { WeightSource } from "./weights/weight-source.ts";

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

/** Where the keys and values of a pass are, and which tokens are whose. */
export interface PagedKeys {
  /** Pages of this layer. */
  readonly pages: LayerPages;
  /** `[N]` i32, see `StepInputs`; so are the others. */
  readonly slots: Tensor;
  /** `[R, width]` */
  readonly tables: Tensor;
  /** `[R + 1]` */
  readonly queryStarts: Tensor;
  /** `[R]` */
  readonly lengths: Tensor;
}

/** What one forward pass shares between layers. Its N tokens are those of all sequences, one after the other. */
export interface AttentionContext {
  /** Of the N tokens; null where no layer turns anything. */
  readonly rope: RotaryAngles | null;
  /** `[N, 1 or H, S]`, S the longest length; bool (true = visible) or float (added to the scores). */
  readonly mask: Tensor | null;
  /** The mask says it all: no causal rule and no window on top of it. */
  readonly maskIsComplete: boolean;
  readonly runs: readonly QueryRun[];
  /** Null: the sequences have no other keys than those of the pass, and all have as many. */
  readonly paged: PagedKeys | null;
  /** Only of sequences with equally many tokens. */
  readonly outputWeights: boolean;
}

/** `[N, H, D]`, and `[N, K, D]` twice. */
interface Heads {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}

export interface AttentionOutput {
  /** `[N, C]` */
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
      const project = (name: string, rows: number): Promise<Linear> =>
        own(Linear.load(source.at(name), { inFeatures: C, outFeatures: rows, bias }));
      const projections = config.fusedQkv
        ? project(names.qkv, (H + 2 * K) * D).then((fused) => splitRows(fused, [H * D, K * D, K * D]))
        : Promise.all([project(names.q, H * D), project(names.k, K * D), project(names.v, K * D)]);
      const out = own(Linear.load(source.at(names.o), { inFeatures: H * D, outFeatures: C, bias: config.outBias }));
      const norms = qkNorm && {
        query: own(QkNorm.load(source.at(names.qNorm), H, D, qkNorm)),
        key: own(QkNorm.load(source.at(names.kNorm), K, D, qkNorm)),
      };
      const [query, key, value] = await projections;
      for (const layer of [query, key, value]) own(layer);
      return new GroupedQueryAttention(
        config,
        { query, key, value, out: await out },
        norms && { query: await norms.query, key: await norms.key },
      );
    });
  }

  /** x `[N, C]`; the output is of the normed x, with the residual added, where they are given. */
  forward(x: Tensor, context: AttentionContext, { norm = null, ...onto }: NormAndResidual = {}): AttentionOutput {
    return scope(() => {
      const { heads: H, headDim: D } = this.config;
      const { output, weights } = this.#attend(this.#project(x, norm), context); // [N, H, D]
      return { output: projectOnto(onto, reshape(output, [x.shape[0] ?? 0, H * D]), this.out), weights };
    });
  }

  dispose(): void {
    disposeAll(this.query, this.key, this.value, this.out, this.queryNorm, this.keyNorm);
  }

  /** q `[N, H, D]`, k and v `[N, K, D]` of the normed x. */
  #project(x: Tensor, norm: Norm | null): Heads {
    const { heads: H, kvHeads: K, headDim: D } = this.config;
    const heads = (projected: Tensor, n: number): Tensor => reshape(projected, [projected.shape[0] ?? 0, n, D]);
    const [q, k, v] = projectTogether(x, [this.query, this.key, this.value], norm);
    return { q: heads(q, H), k: heads(k, K), v: heads(v, K) };
  }

  /** The heads normed and turned where this layer does so, and written into the pages where there are some. */
  #place(heads: Heads, { rope: angles, paged }: AttentionContext): Heads {
    const pairing = this.config.ropePairing;
    const norms = this.queryNorm && this.keyNorm && headNorms(this.queryNorm, this.keyNorm);
    if (norms && pairing !== null && angles && paged)
      return { ...heads, q: paged.pages.writeTurned(heads, paged.slots, angles, { pairing, norms }) };
    const { v } = heads;
    const q = this.queryNorm?.forward(heads.q) ?? heads.q;
    const k = this.keyNorm?.forward(heads.k) ?? heads.k;
    if (pairing === null || angles === null) {
      paged?.pages.write(k, v, paged.slots);
      return { q, k, v };
    }
    if (paged) return { q: paged.pages.writeTurned({ q, k, v }, paged.slots, angles, { pairing, norms: null }), k, v };
    const turn = (x: Tensor): Tensor => rope(x, angles.cos, angles.sin, { pairing, positions: angles.positions });
    return { q: turn(q), k: turn(k), v };
  }

  /** Output `[N, H, D]`. */
  #attend(heads: Heads, context: AttentionContext): AttentionOutput {
    const { paged, outputWeights } = context;
    const placed = this.#place(heads, context);
    const { q } = placed;
    const settings = this.#settings(q, context);
    if (!paged || outputWeights) return attendRectangle(placed, settings, context);
    const { pages, tables, queryStarts, lengths } = paged;
    const { pool: keys } = pages.keys;
    const { pool: values } = pages.values;
    const options = { ...settings, ...pages.scales, tables, queryStarts, lengths };
    return { output: attention(q, keys, values, options), weights: null };
  }

  #settings(q: Tensor, { mask: given, maskIsComplete: open, runs }: AttentionContext): AttentionSettings {
    const { scale, window, softcap, causal } = this.config;
    // The op's window looks back only; one that looks both ways is a mask.
    const bothWays = !causal && !open && window !== null;
    const mask = bothWays ? bothMasks(windowMask(q.backend, runs, window), given) : given;
    return {
      scale,
      softcap,
      causal: causal && !open,
      window: open || bothWays ? null : window,
      ...(mask && { mask }),
    };
  }
}

/** Sequences of T tokens each, as the rows of a batch: their own keys alone, or with the weights of all. */
function attendRectangle(
  { q, k, v }: Heads,
  { mask, ...settings }: AttentionSettings,
  { paged, runs, outputWeights }: AttentionContext,
): AttentionOutput {
  const B = runs.length;
  const byRows = (x: Tensor): Tensor =>
    permute(reshape(x, [B, (x.shape[0] ?? 0) / B, ...x.shape.slice(1)]), [0, 2, 1, 3]); // [N, n, D] → [B, n, T, D]
  const options: AttentionOptions = {
    ...settings,
    ...(mask && { mask: byRows(mask) }),
    ...(paged && { ...paged.pages.scales, tables: paged.tables, lengths: runs.map(({ length }) => length) }),
  };
  const keys = paged ? paged.pages.keys.pool : byRows(k);
  const values = paged ? paged.pages.values.pool : byRows(v);
  const { output, weights } = outputWeights
    ? attentionWithWeights(byRows(q), keys, values, options)
    : { output: attention(byRows(q), keys, values, options), weights: null };
  const [, H = 0, , D = 0] = output.shape;
  return { output: reshape(permute(output, [0, 2, 1, 3]), [q.shape[0] ?? 0, H, D]), weights };
}
