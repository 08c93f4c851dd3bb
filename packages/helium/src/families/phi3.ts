import { queryHeads } from "../config/derive.ts";
import type { FamilyDefinition } from "../config/family.ts";

/** Fused q, k, v and gate, up; part of a head may be rotated; the only scaled rotary type is longrope. */
export const phi3: FamilyDefinition = {
  modelType: "phi3",
  classPrefix: "Phi3",
  fields: {
    vocab_size: 32_064,
    hidden_size: 3072,
    intermediate_size: 8192,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: { from: queryHeads },
    resid_pdrop: 0,
    embd_pdrop: 0,
    hidden_act: "silu",
    max_position_embeddings: 4096,
    original_max_position_embeddings: 4096,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: false,
    pad_token_id: 32_000,
    bos_token_id: 1,
    eos_token_id: 32_000,
    sliding_window: null,
  },
  rope: {
    theta: 10_000,
    partial: 1,
    types: ["default", "longrope"],
    typeAliases: { su: "longrope", yarn: "longrope" },
    restartsCache: true,
  },
  traits: {
    ropePairing: "half",
    norm: { kind: "rms", weightMode: "cast-then-mul", eps: { key: "rms_norm_eps" } },
    fusedQkv: true,
    fusedGateUp: true,
    window: { key: "sliding_window", layers: "all" },
  },
};
