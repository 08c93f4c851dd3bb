import { layerTypes, perLayer, queryHeads } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** Llama in which every fourth layer has no rotary embedding. */
export const smollm3: FamilyDefinition = {
  modelType: "smollm3",
  classPrefix: "SmolLM3",
  fields: {
    vocab_size: 128_256,
    hidden_size: 2048,
    intermediate_size: 11_008,
    num_hidden_layers: 36,
    num_attention_heads: 16,
    num_key_value_heads: { absent: 4, from: queryHeads },
    hidden_act: "silu",
    max_position_embeddings: 32_768,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
    pad_token_id: 128_004,
    bos_token_id: 128_000,
    eos_token_id: 128_001,
    use_sliding_window: false,
    // The flag decides which layers slide where `layer_types` is not given; those that it names slide in any case.
    sliding_window: null,
    no_rope_layer_interval: 4,
    no_rope_layers: {
      from: (config) => perLayer(config, (layer) => ((layer + 1) % config.no_rope_layer_interval === 0 ? 0 : 1)),
    },
    layer_types: {
      from: (config) =>
        layerTypes(
          config,
          (layer) => config.sliding_window !== null && config.use_sliding_window && config.no_rope_layers[layer] === 0,
        ),
    },
    attention_bias: false,
    mlp_bias: false,
  },
  rope: { theta: 2_000_000 },
  traits: {
    ropePairing: "half",
    norm: { kind: "rms", weightMode: "cast-then-mul", eps: { key: "rms_norm_eps" } },
    qkvBias: { key: "attention_bias" },
    oBias: { key: "attention_bias" },
    mlpBias: { key: "mlp_bias" },
    window: { key: "sliding_window", layers: "sliding" },
    useRope: { key: "no_rope_layers" },
  },
};
