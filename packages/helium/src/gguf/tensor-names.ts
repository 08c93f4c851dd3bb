import type { DecoderKnobs } from "../config/index.ts";

/**
 * Hugging Face path → GGUF name of every tensor that a model of these knobs may have, by what each tensor does in the
 * block: a norm before the MLP is `ffn_norm`, whatever a family calls it, and a fused gate and up is `ffn_up`.
 */
export function ggufTensorNames(knobs: DecoderKnobs): ReadonlyMap<string, string> {
  const { weights: names, norms } = knobs;
  const pairs: (readonly [string, string])[] = [
    [`${names.trunk}.${names.embedding}`, "token_embd"],
    [`${names.trunk}.${names.finalNorm}`, "output_norm"],
    [names.lmHead, "output"],
  ];
  const inBlock: readonly (readonly [string | null, string])[] = [
    [norms.preAttn, "attn_norm"],
    [norms.postAttn, "post_attention_norm"],
    [norms.preMlp, "ffn_norm"],
    [norms.postMlp, "post_ffw_norm"],
    ...[
      [names.q, "attn_q"] as const,
      [names.k, "attn_k"] as const,
      [names.v, "attn_v"] as const,
      [names.qkv, "attn_qkv"] as const,
      [names.o, "attn_output"] as const,
      [names.qNorm, "attn_q_norm"] as const,
      [names.kNorm, "attn_k_norm"] as const,
    ].map(([name, gguf]) => [`${names.attention}.${name}`, gguf] as const),
    ...[
      [names.gate, "ffn_gate"] as const,
      [knobs.fusedGateUp ? names.gateUp : names.up, "ffn_up"] as const,
      [names.down, "ffn_down"] as const,
    ].map(([name, gguf]) => [`${names.mlp}.${name}`, gguf] as const),
  ];
  for (let layer = 0; layer < knobs.numHiddenLayers; layer++) {
    for (const [name, gguf] of inBlock) {
      if (name !== null) pairs.push([`${names.trunk}.${names.layers}.${layer}.${name}`, `blk.${layer}.${gguf}`]);
    }
  }
  return new Map(
    pairs.flatMap(([path, gguf]) => ["weight", "bias"].map((part) => [`${path}.${part}`, `${gguf}.${part}`] as const)),
  );
}
