import type { ActivationName, NormWeightMode, RopePairing } from "@helium-lm/tensor";
import type { RopeContext, RopeParameters } from "@helium-lm/nn";

export type NormTrait =
  | { readonly kind: "rms"; readonly weightMode: NormWeightMode; readonly eps: number }
  /** Mean-subtracted, weight without bias, multiplied in f32. */
  | { readonly kind: "layer"; readonly eps: number };

/**
 * Weight name of each norm of a block, null where it has none. `pre` norms act on the input of attention or MLP, `post`
 * norms on its output before the residual sum. In a parallel block `preAttn` feeds both.
 */
export interface NormNames {
  readonly preAttn: string | null;
  readonly postAttn: string | null;
  readonly preMlp: string | null;
  readonly postMlp: string | null;
}

/** Norm of q and k after the projection (and the head split, but for `fullWidth`), before rotation. */
export type QkNormTrait =
  | { readonly kind: "none" }
  /** Over each head; one weight `[D]` for all heads. */
  | { readonly kind: "perHead"; readonly norm: NormTrait }
  /** Over each head; weights `[H, D]` and `[K, D]`. */
  | { readonly kind: "eachHead"; readonly norm: NormTrait }
  /** Over the whole projection; weights `[H·D]` and `[K·D]`. */
  | { readonly kind: "fullWidth"; readonly norm: NormTrait };

export interface RopeTraits {
  readonly pairing: RopePairing;
  /** Leading dimensions of a head that are rotated; even. */
  readonly rotaryDim: number;
  /** What the frequency formulas need besides the parameters. */
  readonly context: RopeContext;
  /** The distinct sets of parameters. */
  readonly sets: readonly RopeParameters[];
  /** `[L]`: index into `sets`, null where the layer has no rotation. */
  readonly setOf: readonly (number | null)[];
  /**
   * Longest sequence of the short `longrope` table, in families that compute the cache again once a sequence grows beyond
   * it, since keys cached before are rotated by other angles than new ones. Null: the cache is kept.
   */
  readonly recomputeBeyond: number | null;
}

/** Path segments of a checkpoint below `trunk`; a layer is `layers.{l}`. */
export interface WeightNames {
  readonly trunk: string;
  readonly embedding: string;
  readonly layers: string;
  readonly finalNorm: string;
  readonly attention: string;
  readonly q: string;
  readonly k: string;
  readonly v: string;
  readonly qkv: string;
  readonly o: string;
  readonly qNorm: string;
  readonly kNorm: string;
  readonly mlp: string;
  readonly gate: string;
  readonly up: string;
  readonly gateUp: string;
  readonly down: string;
  /** Beside the trunk, as `score`. */
  readonly lmHead: string;
  readonly score: string;
}

/** Everything the decoder block and its heads read: numbers, flags and unions, no family name. */
export interface DecoderTraits {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly numKeyValueHeads: number;
  readonly headDim: number;
  /** Input width of `o_proj`, always heads × headDim. */
  readonly oProjIn: number;

  /** `sequential`: x + attn, then + mlp of that. `parallel`: x + attn(n) + mlp(n) with one norm n. */
  readonly block: "sequential" | "parallel";
  readonly norm: NormTrait;
  readonly norms: NormNames;
  readonly qkNorm: QkNormTrait;

  readonly qkvBias: boolean;
  readonly oBias: boolean;
  readonly mlpBias: boolean;
  /** One `[(H + 2K)·D, C]` matrix in the order q, k, v. */
  readonly fusedQkv: boolean;
  /** One `[2F, C]` matrix, gate first. */
  readonly fusedGateUp: boolean;
  readonly activation: ActivationName;

  readonly rope: RopeTraits;
  readonly causal: boolean;
  /** `[L]`: keys visible including the own one, null = all. */
  readonly window: readonly (number | null)[];
  /** Multiplies q·k. */
  readonly attnScale: number;
  /** Scores become `c·tanh(s/c)` after the scale, before the mask. */
  readonly attnSoftcap: number | null;

  /**
   * Multiplies the embeddings; `rounded`: to the compute dtype first, as a part of the embedding table, so that
   * `inputsEmbeds` are taken as they are.
   */
  readonly embedScale: { readonly value: number; readonly rounded: boolean };
  /** Multiplies the output of attention and MLP before each residual sum. */
  readonly residualScale: number;
  /** `logits · logitScale / logitDivisor`, then `finalSoftcap`. */
  readonly logitScale: number;
  readonly logitDivisor: number;
  readonly finalSoftcap: number | null;
  /** `lm_head` is the embedding matrix. */
  readonly tied: boolean;
  readonly weights: WeightNames;
}
