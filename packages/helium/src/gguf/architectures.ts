import type { RopePairing } from "@helium-lm/tensor";
import type { DecoderConfig, JsonObject } from "../config/index.ts";
import type { FamilyName } from "../families/index.ts";
import type { GgufHyperparameters } from "./hyperparameters.ts";

/** What a `general.architecture` means: which family it is, and what its files do otherwise than the family's own. */
export interface GgufArchitecture {
  readonly modelType: FamilyName | ((hparams: GgufHyperparameters) => FamilyName);
  /**
   * Pairing of the rotated dimensions in these files, ggml's "norm" = `interleaved`, "neox" = `half`. Where it is not the
   * family's, converters have reordered the rows of q and k; they are used as they are, with this pairing.
   */
  readonly pairing: RopePairing;
  /** Norm weights are stored with 1 added. */
  readonly normsPlusOne?: boolean;
  /** Families written as this architecture; default: its own. */
  readonly writes?: readonly FamilyName[];
  /** Config keys beyond those that all architectures share. */
  readonly fields?: (hparams: GgufHyperparameters) => JsonObject;
  /** Metadata beyond what all share, below the architecture's name: the inverse of `fields`. Null is left out. */
  readonly metadata?: (config: DecoderConfig) => Readonly<Record<string, number | null | undefined>>;
}

/**
 * The architecture table (llama.cpp's `llama-arch.cpp` and its converters). Families that are not in it have no
 * architecture of their own there; Helium's weights travel as `llama`, whose pairing is Helium's.
 */
export const ggufArchitectures: Readonly<Record<string, GgufArchitecture>> = {
  llama: {
    // A llama config has a bias on all four projections or on none; Helium has it on q, k and v alone.
    modelType: (hparams) => (hparams.hasQkvBias && !hparams.hasOutBias ? "helium" : "llama"),
    pairing: "interleaved",
    writes: ["llama", "helium", "mistral"],
    fields: biases,
  },
  qwen2: { modelType: "qwen2", pairing: "half" },
  qwen3: { modelType: "qwen3", pairing: "half", fields: biases },
  gemma: { modelType: "gemma", pairing: "half", normsPlusOne: true, fields: biases },
  gemma2: {
    modelType: "gemma2",
    pairing: "half",
    normsPlusOne: true,
    fields: (hparams) => ({
      ...biases(hparams),
      attn_logit_softcapping: hparams.number("attn_logit_softcapping") ?? null,
      final_logit_softcapping: hparams.number("final_logit_softcapping") ?? null,
      sliding_window: hparams.number("attention.sliding_window") ?? null,
      // Not in the file: 27B alone divides by the width of a head it would have if heads filled the hidden size.
      query_pre_attn_scalar: hparams.layers === 46 ? hparams.hiddenSize / hparams.heads : hparams.headDim,
    }),
    metadata: (config) => ({
      attn_logit_softcapping: config.attnLogitSoftcapping,
      final_logit_softcapping: config.finalLogitSoftcapping,
      "attention.sliding_window": config.slidingWindow,
    }),
  },
  gemma3: {
    modelType: "gemma3_text",
    pairing: "half",
    normsPlusOne: true,
    fields: (hparams) => ({
      ...biases(hparams),
      final_logit_softcapping: hparams.number("final_logit_softcapping") ?? null,
      sliding_window: hparams.required("attention.sliding_window"),
      sliding_window_pattern: 6,
      rope_local_base_freq: hparams.number("rope.freq_base_swa") ?? 10_000,
      query_pre_attn_scalar: hparams.layers === 62 ? hparams.hiddenSize / hparams.heads : hparams.headDim,
    }),
    metadata: (config) => ({
      final_logit_softcapping: config.finalLogitSoftcapping,
      "attention.sliding_window": config.slidingWindow,
      "rope.freq_base_swa": config.traits.rope.sets[config.traits.rope.setOf[0] ?? 0]?.ropeTheta,
    }),
  },
  phi3: {
    modelType: "phi3",
    pairing: "half",
    fields: (hparams) => ({
      sliding_window: hparams.number("attention.sliding_window") ?? null,
      original_max_position_embeddings:
        hparams.number("rope.scaling.original_context_length") ?? hparams.required("context_length"),
    }),
    metadata: (config) => ({
      "attention.sliding_window": config.slidingWindow,
      "rope.scaling.original_context_length": config.originalMaxPositionEmbeddings,
    }),
  },
  olmo2: { modelType: "olmo2", pairing: "half", fields: biases },
  granite: {
    modelType: "granite",
    pairing: "interleaved",
    fields: (hparams) => ({
      ...biases(hparams),
      embedding_multiplier: hparams.number("embedding_scale") ?? 1,
      residual_multiplier: hparams.number("residual_scale") ?? 1,
      logits_scaling: hparams.number("logit_scale") ?? 1,
      attention_multiplier: hparams.number("attention.scale") ?? hparams.headDim ** -0.5,
    }),
    metadata: (config) => ({
      embedding_scale: config.embeddingMultiplier,
      residual_scale: config.residualMultiplier,
      logit_scale: config.logitsScaling,
      "attention.scale": config.attentionMultiplier,
    }),
  },
  // Every fourth layer has no rotation: nothing in the file says so.
  smollm3: { modelType: "smollm3", pairing: "interleaved", fields: biases },
  "command-r": {
    modelType: "cohere",
    pairing: "interleaved",
    fields: (hparams) => ({
      attention_bias: hparams.hasQkvBias,
      layer_norm_eps: hparams.required("attention.layer_norm_epsilon"),
      logit_scale: hparams.required("logit_scale"),
      use_qk_norm: hparams.has("blk.0.attn_q_norm.weight"),
    }),
    metadata: (config) => ({ logit_scale: config.logitScale }),
  },
  chatglm: {
    modelType: "glm",
    pairing: "interleaved",
    fields: (hparams) => ({ attention_bias: hparams.hasQkvBias }),
  },
};

function biases(hparams: GgufHyperparameters): JsonObject {
  return { attention_bias: hparams.hasQkvBias, ...(hparams.hasMlpBias && { mlp_bias: true }) };
}
