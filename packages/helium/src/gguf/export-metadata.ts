import type { QuantFormatName } from "@helium-lm/tensor";
import {
  GgufError,
  RotaryEmbedding,
  type GgufMetadataToWrite,
  type GgufScalar,
  type RopeParameters,
} from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import { ggufArchitectures, type GgufArchitecture } from "./architectures.ts";

/** The architecture that a family's models are written as. @throws GgufError that lists the families that have one */
export function architectureFor(modelType: string): readonly [string, GgufArchitecture] {
  const written = ({ modelType: own, writes }: GgufArchitecture): readonly string[] =>
    writes ?? (typeof own === "string" ? [own] : []);
  const found = Object.entries(ggufArchitectures).find(([, architecture]) => written(architecture).includes(modelType));
  if (found) return found;
  const known = Object.values(ggufArchitectures).flatMap(written);
  throw new GgufError(
    `model_type ${modelType}`,
    `cannot be written as GGUF, which is possible for ${known.join(", ")}; save it as safetensors`,
    { given: modelType, known },
  );
}

/** Sizes, rotation and special tokens of a config as GGUF metadata; `extra` (name, tokenizer) is put behind. */
export function ggufMetadata(
  config: DecoderConfig,
  format: QuantFormatName | null,
  extra: GgufMetadataToWrite = new Map(),
): GgufMetadataToWrite {
  const [name, architecture] = architectureFor(config.modelType);
  const { traits } = config;
  const counts: Readonly<Record<string, number>> = {
    context_length: config.maxPositionEmbeddings,
    embedding_length: traits.hiddenSize,
    block_count: traits.numHiddenLayers,
    feed_forward_length: traits.intermediateSize,
    vocab_size: traits.vocabSize,
    "attention.head_count": traits.numAttentionHeads,
    "attention.head_count_kv": traits.numKeyValueHeads,
    "attention.key_length": traits.headDim,
    "attention.value_length": traits.headDim,
    "rope.dimension_count": traits.rope.rotaryDim,
  };
  const epsKey = traits.norm.kind === "rms" ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon";
  const entries: [string, GgufScalar][] = [
    ["general.architecture", { type: "string", value: name }],
    ...(format === null ? [] : [["general.quantization_version", u32(2)] as [string, GgufScalar]]),
    ...Object.entries(counts).map(([key, value]): [string, GgufScalar] => [`${name}.${key}`, u32(value)]),
    [`${name}.${epsKey}`, f32(traits.norm.eps)],
    [`${name}.rope.freq_base`, f32(mainRope(config).ropeTheta)],
    ...scalingMetadata(config).map(([key, value]): [string, GgufScalar] => [`${name}.${key}`, value]),
  ];
  for (const [key, value] of Object.entries(architecture.metadata?.(config) ?? {})) {
    if (value === null || value === undefined) continue;
    const isCount = /(?:window|length)$/.test(key);
    entries.push([`${name}.${key}`, isCount ? u32(value) : f32(value)]);
  }
  return new Map([...entries, ...tokenMetadata(config), ...extra]);
}

/** The set of the layers that see everything, where there are two. */
export function mainRope({ traits: { rope } }: DecoderConfig): RopeParameters {
  const main = rope.sets[0];
  if (main === undefined) throw new GgufError("config", "has no rotary parameters");
  return main;
}

/** Factors per frequency as tensors: what `ropeScaling` reads back. */
export function ropeFactors(config: DecoderConfig): ReadonlyMap<string, Float32Array> {
  const rope = mainRope(config);
  const { context } = config.traits.rope;
  if (rope.ropeType === "longrope")
    return new Map([
      ["rope_factors_long.weight", Float32Array.from(rope.longFactor)],
      ["rope_factors_short.weight", Float32Array.from(rope.shortFactor)],
    ]);
  if (rope.ropeType !== "llama3") return new Map();
  const scaled = new RotaryEmbedding(rope, context).invFreq;
  const plain = new RotaryEmbedding({ ropeType: "default", ropeTheta: rope.ropeTheta }, context).invFreq;
  return new Map([["rope_freqs.weight", plain.map((frequency, i) => frequency / (scaled[i] ?? 1))]]);
}

function scalingMetadata(config: DecoderConfig): [string, GgufScalar][] {
  const rope = mainRope(config);
  const { context } = config.traits.rope;
  const original = (rope: { readonly originalMaxPositionEmbeddings?: number | null }): [string, GgufScalar][] => {
    const length = context.originalMaxPositionEmbeddings ?? rope.originalMaxPositionEmbeddings ?? null;
    return length === null ? [] : [["rope.scaling.original_context_length", u32(length)]];
  };
  const type = (name: string): [string, GgufScalar] => ["rope.scaling.type", { type: "string", value: name }];
  switch (rope.ropeType) {
    case "linear":
      return [type("linear"), ["rope.scaling.factor", f32(rope.factor)]];
    case "llama3":
      return original(rope);
    case "longrope":
      return [
        ["rope.scaling.attn_factor", f32(new RotaryEmbedding(rope, context).attentionScaling)],
        ...original(rope),
      ];
    case "yarn": {
      const factor = rope.factor ?? 1;
      const own = factor > 1 ? 0.1 * Math.log(factor) + 1 : 1;
      return [
        type("yarn"),
        ["rope.scaling.factor", f32(factor)],
        ...original(rope),
        ...optional("rope.scaling.attn_factor", rope.attentionFactor && rope.attentionFactor / own),
        ...optional("rope.scaling.yarn_beta_fast", rope.betaFast),
        ...optional("rope.scaling.yarn_beta_slow", rope.betaSlow),
      ];
    }
    default:
      return [];
  }
}

function optional(key: string, value: number | null | undefined): [string, GgufScalar][] {
  return value === null || value === undefined ? [] : [[key, f32(value)]];
}

function tokenMetadata({ bosTokenId, eosTokenId, padTokenId }: DecoderConfig): [string, GgufScalar][] {
  const [eos, eot] = [eosTokenId].flat();
  const ids = { bos: bosTokenId, eos, eot, padding: padTokenId };
  return Object.entries(ids).flatMap(([name, id]): [string, GgufScalar][] =>
    typeof id === "number" && id >= 0 ? [[`tokenizer.ggml.${name}_token_id`, u32(id)]] : [],
  );
}

function u32(value: number): GgufScalar {
  return { type: "u32", value };
}

function f32(value: number): GgufScalar {
  return { type: "f32", value };
}
