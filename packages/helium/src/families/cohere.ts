import { queryHeads } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** Command-R: attention and MLP side by side behind one LayerNorm, interleaved pairs, scaled logits. */
export const cohere: FamilyDefinition = {
  modelType: "cohere",
  classPrefix: "Cohere",
  fields: {
    vocab_size: 256_000,
    hidden_size: 8192,
    intermediate_size: 22_528,
    logit_scale: 0.0625,
    num_hidden_layers: 40,
    num_attention_heads: 64,
    num_key_value_heads: { from: queryHeads },
    hidden_act: "silu",
    max_position_embeddings: 8192,
    layer_norm_eps: 1e-5,
    tie_word_embeddings: true,
    pad_token_id: 0,
    bos_token_id: 5,
    eos_token_id: 255_001,
    attention_bias: false,
    use_qk_norm: false,
  },
  rope: { theta: 500_000 },
  traits: {
    ropePairing: "interleaved",
    norm: { kind: "layer", eps: { key: "layer_norm_eps" } },
    norms: { preAttn: "input_layernorm", postAttn: null, preMlp: null, postMlp: null },
    block: "parallel",
    qkNorm: { kind: "eachHead", onlyIf: "use_qk_norm" },
    qkvBias: { key: "attention_bias" },
    oBias: { key: "attention_bias" },
    logitScale: { key: "logit_scale" },
  },
};
