import type { DecoderTraits } from "../config/index.ts";

/** A tensor under both its names, without `.weight` or `.bias`. */
interface NamedTensor {
  readonly path: string;
  readonly gguf: string;
  readonly bias: boolean;
}

/**
 * Hugging Face path → GGUF name of every tensor of a model with these traits, by what each does in the block: a norm before
 * the MLP is `ffn_norm`, whatever a family calls it, and a fused gate and up is `ffn_up`.
 */
export function ggufTensorNames(traits: DecoderTraits): ReadonlyMap<string, string> {
  const { weights: names, numHiddenLayers, tied } = traits;
  const tensors: NamedTensor[] = [
    { path: `${names.trunk}.${names.embedding}`, gguf: "token_embd", bias: false },
    { path: `${names.trunk}.${names.finalNorm}`, gguf: "output_norm", bias: false },
    ...(tied ? [] : [{ path: names.lmHead, gguf: "output", bias: false }]),
  ];
  const block = [...normTensors(traits), ...attentionTensors(traits), ...mlpTensors(traits)];
  for (let layer = 0; layer < numHiddenLayers; layer++) {
    for (const { path, gguf, bias } of block)
      tensors.push({ path: `${names.trunk}.${names.layers}.${layer}.${path}`, gguf: `blk.${layer}.${gguf}`, bias });
  }
  return new Map(
    tensors.flatMap(({ path, gguf, bias }) =>
      (bias ? ["weight", "bias"] : ["weight"]).map((part) => [`${path}.${part}`, `${gguf}.${part}`] as const),
    ),
  );
}

function normTensors({ norms }: DecoderTraits): NamedTensor[] {
  const places = [
    [norms.preAttn, "attn_norm"],
    [norms.postAttn, "post_attention_norm"],
    [norms.preMlp, "ffn_norm"],
    [norms.postMlp, "post_ffw_norm"],
  ] as const;
  return places.flatMap(([path, gguf]) => (path === null ? [] : [{ path, gguf, bias: false }]));
}

function attentionTensors({ weights: names, fusedQkv, qkvBias, oBias, qkNorm }: DecoderTraits): NamedTensor[] {
  const named = (path: string, gguf: string, bias: boolean): NamedTensor => ({
    path: `${names.attention}.${path}`,
    gguf,
    bias,
  });
  return [
    ...(fusedQkv
      ? [named(names.qkv, "attn_qkv", qkvBias)]
      : [named(names.q, "attn_q", qkvBias), named(names.k, "attn_k", qkvBias), named(names.v, "attn_v", qkvBias)]),
    named(names.o, "attn_output", oBias),
    ...(qkNorm.kind === "none"
      ? []
      : [named(names.qNorm, "attn_q_norm", false), named(names.kNorm, "attn_k_norm", false)]),
  ];
}

function mlpTensors({ weights: names, fusedGateUp, mlpBias }: DecoderTraits): NamedTensor[] {
  const named = (path: string, gguf: string): NamedTensor => ({ path: `${names.mlp}.${path}`, gguf, bias: mlpBias });
  return [
    ...(fusedGateUp ? [named(names.gateUp, "ffn_up")] : [named(names.gate, "ffn_gate"), named(names.up, "ffn_up")]),
    named(names.down, "ffn_down"),
  ];
}
