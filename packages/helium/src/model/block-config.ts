import { RotaryEmbedding } from "@helium-lm/nn";
import type { DecoderTraits } from "../config/index.ts";
import type { DecoderBlockConfig } from "./decoder-block.ts";

/** What the block of one layer is built from. */
export function blockConfig(traits: DecoderTraits, layer: number): DecoderBlockConfig {
  const rotates = (traits.rope.setOf[layer] ?? null) !== null;
  return {
    attention: {
      hiddenSize: traits.hiddenSize,
      heads: traits.numAttentionHeads,
      kvHeads: traits.numKeyValueHeads,
      headDim: traits.headDim,
      qkvBias: traits.qkvBias,
      outBias: traits.oBias,
      fusedQkv: traits.fusedQkv,
      qkNorm: traits.qkNorm.kind === "none" ? null : traits.qkNorm,
      scale: traits.attnScale,
      softcap: traits.attnSoftcap,
      window: traits.window[layer] ?? null,
      causal: traits.causal,
      ropePairing: rotates ? traits.rope.pairing : null,
    },
    mlp: {
      hiddenSize: traits.hiddenSize,
      intermediateSize: traits.intermediateSize,
      activation: traits.activation,
      bias: traits.mlpBias,
      fusedGateUp: traits.fusedGateUp,
    },
    norm: traits.norm,
    norms: traits.norms,
    names: traits.weights,
    block: traits.block,
    residualScale: traits.residualScale,
  };
}

/** One table of angles per distinct set of rotary parameters; `traits.rope.setOf` says which one a layer uses. */
export function ropeTables({ rope }: DecoderTraits): RotaryEmbedding[] {
  return rope.sets.map((parameters) => new RotaryEmbedding(parameters, rope.context));
}
