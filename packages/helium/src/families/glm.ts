import { headDim, queryHeads } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** GLM-4: interleaved pairs over half of each head, fused gate and up, q, k and v with bias. */
export const glm: FamilyDefinition = {
  modelType: "glm",
  classPrefix: "Glm",
  fields: {
    vocab_size: 151_552,
    hidden_size: 4096,
    intermediate_size: 13_696,
    num_hidden_layers: 40,
    num_attention_heads: 32,
    num_key_value_heads: { absent: 2, from: queryHeads },
    head_dim: { absent: 128, from: headDim },
    hidden_act: "silu",
    max_position_embeddings: 131_072,
    rms_norm_eps: 1.5625e-7,
    tie_word_embeddings: false,
    pad_token_id: 151_329,
    bos_token_id: null,
    eos_token_id: { from: () => [151_329, 151_336, 151_338] },
    attention_bias: true,
  },
  rope: { theta: 10_000, partial: 0.5 },
  traits: {
    ropePairing: "interleaved",
    norm: { kind: "rms", weightMode: "cast-then-mul", eps: { key: "rms_norm_eps" } },
    qkvBias: { key: "attention_bias" },
    fusedGateUp: true,
  },
};
