import { headDim, queryHeads } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** Llama 2, 3 and 3.2, SmolLM2, and all that publishes itself as `llama`. */
export const llama: FamilyDefinition = {
  modelType: "llama",
  classPrefix: "Llama",
  fields: {
    vocab_size: 32_000,
    hidden_size: 4096,
    intermediate_size: 11_008,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: { from: queryHeads },
    head_dim: { from: headDim },
    hidden_act: "silu",
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: false,
    pad_token_id: null,
    bos_token_id: 1,
    eos_token_id: 2,
    pretraining_tp: 1,
    attention_bias: false,
    mlp_bias: false,
  },
  rope: { theta: 10_000 },
  traits: {
    ropePairing: "half",
    norm: { kind: "rms", weightMode: "cast-then-mul", eps: { key: "rms_norm_eps" } },
    qkvBias: { key: "attention_bias" },
    oBias: { key: "attention_bias" },
    mlpBias: { key: "mlp_bias" },
  },
};
