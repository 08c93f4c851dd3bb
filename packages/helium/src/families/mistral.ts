import { headDim, queryHeads } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** Llama without biases; every layer slides where `sliding_window` is set. */
export const mistral: FamilyDefinition = {
  modelType: "mistral",
  classPrefix: "Mistral",
  fields: {
    vocab_size: 32_000,
    hidden_size: 4096,
    intermediate_size: 14_336,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: { absent: 8, from: queryHeads },
    head_dim: { from: headDim },
    hidden_act: "silu",
    max_position_embeddings: 131_072,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: false,
    pad_token_id: null,
    bos_token_id: 1,
    eos_token_id: 2,
    sliding_window: 4096,
  },
  rope: { theta: 10_000 },
  traits: {
    ropePairing: "half",
    norm: { kind: "rms", weightMode: "cast-then-mul", eps: { key: "rms_norm_eps" } },
    window: { key: "sliding_window", layers: "all" },
  },
};
