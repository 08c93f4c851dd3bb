import { layerTypes, queryHeads } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** Norm over each head of q and k before rotation; heads × head_dim may exceed the hidden size. */
export const qwen3: FamilyDefinition = {
  modelType: "qwen3",
  classPrefix: "Qwen3",
  fields: {
    vocab_size: 151_936,
    hidden_size: 4096,
    intermediate_size: 22_016,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: { absent: 32, from: queryHeads },
    head_dim: 128,
    hidden_act: "silu",
    max_position_embeddings: 32_768,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: false,
    pad_token_id: null,
    bos_token_id: null,
    eos_token_id: null,
    attention_bias: false,
    use_sliding_window: false,
    sliding_window: { absent: 4096, onlyIf: "use_sliding_window" },
    max_window_layers: 28,
    layer_types: {
      from: (config) =>
        layerTypes(config, (layer) => config.sliding_window !== null && layer >= config.max_window_layers),
    },
  },
  rope: { theta: 10_000 },
  traits: {
    ropePairing: "half",
    norm: { kind: "rms", weightMode: "cast-then-mul", eps: { key: "rms_norm_eps" } },
    qkNorm: { kind: "perHead" },
    qkvBias: { key: "attention_bias" },
    oBias: { key: "attention_bias" },
    window: { key: "sliding_window", layers: "sliding" },
  },
};
