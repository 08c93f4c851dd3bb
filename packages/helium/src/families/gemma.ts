import type { FamilyDefinition } from "../config/family.ts";

/** Llama with 1 + w norms, embeddings × √d, tied, and heads that are wider than the hidden size divided by them. */
export const gemma: FamilyDefinition = {
  modelType: "gemma",
  classPrefix: "Gemma",
  fields: {
    vocab_size: 256_000,
    hidden_size: 3072,
    intermediate_size: 24_576,
    num_hidden_layers: 28,
    num_attention_heads: 16,
    num_key_value_heads: 16,
    head_dim: 256,
    // The first releases say "gelu" and mean its tanh form, as transformers reads it.
    hidden_act: { absent: "gelu_pytorch_tanh", readAs: { gelu: "gelu_pytorch_tanh" } },
    max_position_embeddings: 8192,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
    pad_token_id: 0,
    bos_token_id: 2,
    eos_token_id: 1,
    attention_bias: false,
    use_bidirectional_attention: null,
  },
  rope: { theta: 10_000 },
  traits: {
    ropePairing: "half",
    norm: { kind: "rms", weightMode: "one-plus", eps: { key: "rms_norm_eps" } },
    qkvBias: { key: "attention_bias" },
    oBias: { key: "attention_bias" },
    bidirectional: { key: "use_bidirectional_attention" },
    embedScale: { sqrtOf: "hidden_size" },
  },
};
