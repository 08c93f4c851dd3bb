import { layerTypes } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** Four 1 + w norms per block, soft caps on scores and logits, every other layer slides, embeddings × √d. */
export const gemma2: FamilyDefinition = {
  modelType: "gemma2",
  classPrefix: "Gemma2",
  fields: {
    vocab_size: 256_000,
    hidden_size: 2304,
    intermediate_size: 9216,
    num_hidden_layers: 26,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    hidden_activation: "gelu_pytorch_tanh",
    max_position_embeddings: 8192,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
    pad_token_id: 0,
    bos_token_id: 2,
    eos_token_id: 1,
    attention_bias: false,
    query_pre_attn_scalar: 256,
    sliding_window: 4096,
    layer_types: { from: (config) => layerTypes(config, (layer) => layer % 2 === 0) },
    final_logit_softcapping: 30,
    attn_logit_softcapping: 50,
    use_bidirectional_attention: null,
  },
  rope: { theta: 10_000 },
  traits: {
    ropePairing: "half",
    norm: { kind: "rms", weightMode: "one-plus", eps: { key: "rms_norm_eps" } },
    norms: {
      preAttn: "input_layernorm",
      postAttn: "post_attention_layernorm",
      preMlp: "pre_feedforward_layernorm",
      postMlp: "post_feedforward_layernorm",
    },
    qkvBias: { key: "attention_bias" },
    oBias: { key: "attention_bias" },
    activation: { key: "hidden_activation" },
    attnScale: { inverseSqrtOf: "query_pre_attn_scalar" },
    attnSoftcap: { key: "attn_logit_softcapping" },
    finalSoftcap: { key: "final_logit_softcapping" },
    window: { key: "sliding_window", layers: "sliding" },
    // As flash attention has it in transformers; its eager attention ignores the key.
    bidirectional: { key: "use_bidirectional_attention", window: "whole" },
    embedScale: { sqrtOf: "hidden_size" },
  },
};
