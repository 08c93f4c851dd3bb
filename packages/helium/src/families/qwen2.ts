import { layerTypes, queryHeads } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** Qwen 2 and 2.5: q, k and v always have a bias; layers from `max_window_layers` on may slide. */
export const qwen2: FamilyDefinition = {
  modelType: "qwen2",
  classPrefix: "Qwen2",
  fields: {
    vocab_size: 151_936,
    hidden_size: 4096,
    intermediate_size: 22_016,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: { absent: 32, from: queryHeads },
    hidden_act: "silu",
    max_position_embeddings: 32_768,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: false,
    pad_token_id: null,
    bos_token_id: null,
    eos_token_id: null,
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
    qkvBias: true,
    window: { key: "sliding_window", layers: "sliding" },
  },
};
