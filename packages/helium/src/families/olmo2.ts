import { queryHeads } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** Norms on the outputs of attention and MLP only, and over the whole width of q and k. */
export const olmo2: FamilyDefinition = {
  modelType: "olmo2",
  classPrefix: "Olmo2",
  fields: {
    vocab_size: 50_304,
    hidden_size: 4096,
    intermediate_size: 11_008,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: { from: queryHeads },
    hidden_act: "silu",
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: false,
    pad_token_id: 1,
    bos_token_id: null,
    eos_token_id: 50_279,
    attention_bias: false,
  },
  rope: { theta: 10_000 },
  traits: {
    ropePairing: "half",
    norm: { kind: "rms", weightMode: "f32-mul", eps: { key: "rms_norm_eps" } },
    norms: {
      preAttn: null,
      postAttn: "post_attention_layernorm",
      preMlp: null,
      postMlp: "post_feedforward_layernorm",
    },
    qkNorm: { kind: "fullWidth" },
    qkvBias: { key: "attention_bias" },
    oBias: { key: "attention_bias" },
  },
};
