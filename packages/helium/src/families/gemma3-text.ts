import { layerTypes } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** Gemma 2's block with a norm over each head of q and k, and one rotary base per layer type. */
export const gemma3Text: FamilyDefinition = {
  modelType: "gemma3_text",
  classPrefix: "Gemma3Text",
  causalLMPrefix: "Gemma3",
  fields: {
    vocab_size: 262_208,
    hidden_size: 2304,
    intermediate_size: 9216,
    num_hidden_layers: 26,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    hidden_activation: "gelu_pytorch_tanh",
    max_position_embeddings: 131_072,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
    pad_token_id: 0,
    bos_token_id: 2,
    eos_token_id: 1,
    attention_bias: false,
    query_pre_attn_scalar: 256,
    sliding_window: 4096,
    sliding_window_pattern: { absent: 6, stored: false },
    layer_types: {
      from: (config) => layerTypes(config, (layer) => (layer + 1) % config.sliding_window_pattern !== 0),
    },
    final_logit_softcapping: null,
    // Read and written, but the original applies no such cap.
    attn_logit_softcapping: null,
    use_bidirectional_attention: false,
  },
  rope: {
    theta: 1_000_000,
    byLayerType: {
      full_attention: { theta: 1_000_000 },
      sliding_attention: { theta: 10_000, oldThetaKey: "rope_local_base_freq", scaled: false },
    },
  },
  traits: {
    ropePairing: "half",
    norm: { kind: "rms", weightMode: "one-plus", eps: { key: "rms_norm_eps" } },
    norms: {
      preAttn: "input_layernorm",
      postAttn: "post_attention_layernorm",
      preMlp: "pre_feedforward_layernorm",
      postMlp: "post_feedforward_layernorm",
    },
    qkNorm: { kind: "perHead" },
    qkvBias: { key: "attention_bias" },
    oBias: { key: "attention_bias" },
    activation: { key: "hidden_activation" },
    attnScale: { inverseSqrtOf: "query_pre_attn_scalar" },
    finalSoftcap: { key: "final_logit_softcapping" },
    window: { key: "sliding_window", layers: "sliding" },
    bidirectional: { key: "use_bidirectional_attention" },
    embedScale: { sqrtOf: "hidden_size" },
  },
};
