import type { FamilyDefinition } from "../config/family.ts";

/** Interleaved rotary pairs, weight of the norm multiplied in f32, square o_proj that never has a bias. */
export const helium: FamilyDefinition = {
  modelType: "helium",
  classPrefix: "Helium",
  fields: {
    vocab_size: 48_000,
    hidden_size: 2560,
    intermediate_size: 7040,
    num_hidden_layers: 24,
    num_attention_heads: 20,
    num_key_value_heads: 20,
    head_dim: 128,
    hidden_act: "silu",
    max_position_embeddings: 4096,
    rms_norm_eps: 1e-8,
    tie_word_embeddings: false,
    pad_token_id: 3,
    bos_token_id: 1,
    eos_token_id: 2,
    attention_bias: false,
    mlp_bias: false,
  },
  rope: { theta: 100_000 },
  traits: {
    ropePairing: "interleaved",
    norm: { kind: "rms", weightMode: "f32-mul", eps: { key: "rms_norm_eps" } },
    qkvBias: { key: "attention_bias" },
    mlpBias: { key: "mlp_bias" },
    oProjIn: { key: "hidden_size" },
  },
};
