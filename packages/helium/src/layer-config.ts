import { RotaryEmbedding } from "@helium-lm/nn";
import type { DecoderKnobs } from "./config/index.ts";
import type { DecoderBlockConfig } from "./decoder-block.ts";

/** What the block of one layer is built from. */
export function blockConfig(knobs: DecoderKnobs, layer: number): DecoderBlockConfig {
  const rotates = (knobs.rope.setOf[layer] ?? null) !== null;
  return {
    attention: {
      hiddenSize: knobs.hiddenSize,
      heads: knobs.numAttentionHeads,
      kvHeads: knobs.numKeyValueHeads,
      headDim: knobs.headDim,
      qkvBias: knobs.qkvBias,
      outBias: knobs.oBias,
      fusedQkv: knobs.fusedQkv,
      qkNorm: knobs.qkNorm.kind === "none" ? null : knobs.qkNorm,
      scale: knobs.attnScale,
      softcap: knobs.attnSoftcap,
      window: knobs.window[layer] ?? null,
      causal: knobs.causal,
      ropePairing: rotates ? knobs.rope.pairing : null,
    },
    mlp: {
      hiddenSize: knobs.hiddenSize,
      intermediateSize: knobs.intermediateSize,
      activation: knobs.activation,
      bias: knobs.mlpBias,
      fusedGateUp: knobs.fusedGateUp,
    },
    norm: knobs.norm,
    norms: knobs.norms,
    names: knobs.weights,
    block: knobs.block,
    residualScale: knobs.residualScale,
  };
}

/** One table of angles per distinct set of rotary parameters; `knobs.rope.setOf` says which one a layer uses. */
export function ropeTables({ rope }: DecoderKnobs): RotaryEmbedding[] {
  return rope.sets.map((parameters) => new RotaryEmbedding(parameters, rope.context));
}
