import { ConfigError } from "../errors.ts";
import type { CapSource, FamilyDefinition, FlagSource, NormDeclaration, NumberSource, ScaleSource } from "./family.ts";
import type { JsonObject } from "./json-value.ts";
import type { DecoderTraits, NormTrait, NormNames, QkNormTrait, WeightNames } from "./traits.ts";
import type { RopeSections } from "./rope-parameters.ts";
import { resolveRope } from "./resolve-rope.ts";
import type { ActivationName, RopePairing } from "@helium-lm/tensor";

const preNorms: NormNames = {
  preAttn: "input_layernorm",
  postAttn: null,
  preMlp: "post_attention_layernorm",
  postMlp: null,
};

const usualNames: WeightNames = {
  trunk: "model",
  embedding: "embed_tokens",
  layers: "layers",
  finalNorm: "norm",
  attention: "self_attn",
  q: "q_proj",
  k: "k_proj",
  v: "v_proj",
  qkv: "qkv_proj",
  o: "o_proj",
  qNorm: "q_norm",
  kNorm: "k_norm",
  mlp: "mlp",
  gate: "gate_proj",
  up: "up_proj",
  gateUp: "gate_up_proj",
  down: "down_proj",
  lmHead: "lm_head",
  score: "score",
};

/**
 * The traits of one config.
 *
 * @throws ConfigError where the sizes do not fit together
 */
export function resolveTraits(
  family: FamilyDefinition,
  values: JsonObject,
  rope: RopeSections,
  file: string,
): DecoderTraits {
  const { traits } = family;
  const read = sources(values, family.modelType);
  const heads = read.number({ key: "num_attention_heads" });
  const kvHeads = read.number({ key: "num_key_value_heads" });
  const headDim = read.number({ key: "head_dim" });
  checkHeads(heads, kvHeads, headDim, file);
  const width = heads * headDim;
  if (traits.oProjIn !== undefined) checkOutputWidth(traits.oProjIn.key, read.number(traits.oProjIn), width, file);
  const norm = resolveNorm(traits.norm, read);
  const bidirectional = traits.bidirectional !== undefined && read.flag(traits.bidirectional);
  const embedScale = traits.embedScale ?? 1;
  return Object.freeze({
    vocabSize: read.number({ key: "vocab_size" }),
    hiddenSize: read.number({ key: "hidden_size" }),
    intermediateSize: read.number({ key: "intermediate_size" }),
    numHiddenLayers: read.number({ key: "num_hidden_layers" }),
    numAttentionHeads: heads,
    numKeyValueHeads: kvHeads,
    headDim,
    oProjIn: width,
    block: traits.block ?? "sequential",
    norm,
    norms: traits.norms ?? preNorms,
    qkNorm: resolveQkNorm(traits.qkNorm, norm, read),
    qkvBias: read.flag(traits.qkvBias ?? false),
    oBias: read.flag(traits.oBias ?? false),
    mlpBias: read.flag(traits.mlpBias ?? false),
    fusedQkv: traits.fusedQkv ?? false,
    fusedGateUp: traits.fusedGateUp ?? false,
    activation: read.value((traits.activation ?? { key: "hidden_act" }).key) as ActivationName,
    rope: resolveRope({
      pairing: resolvePairing(traits.ropePairing, values.rope_interleave),
      flags: traits.useRope && (read.value(traits.useRope.key) as readonly number[]),
      layerTypes: rope.byLayerType ? (read.value("layer_types") as readonly string[]) : undefined,
      sections: rope.sections,
      values,
      headDim,
      restartsCache: family.rope.restartsCache ?? false,
      file,
    }),
    causal: !bidirectional,
    window: resolveWindow(traits.window, bidirectional && traits.bidirectional?.window !== "whole", read),
    attnScale: read.scale(traits.attnScale ?? { inverseSqrtOf: "head_dim" }),
    attnSoftcap: read.cap(traits.attnSoftcap ?? null),
    embedScale: Object.freeze(
      typeof embedScale === "object" && "sqrtOf" in embedScale
        ? { value: Math.sqrt(read.number({ key: embedScale.sqrtOf })), rounded: true }
        : { value: read.number(embedScale), rounded: false },
    ),
    residualScale: read.number(traits.residualScale ?? 1),
    logitScale: read.number(traits.logitScale ?? 1),
    logitDivisor: read.number(traits.logitDivisor ?? 1),
    finalSoftcap: read.cap(traits.finalSoftcap ?? null),
    tied: read.flag({ key: "tie_word_embeddings" }),
    weights: Object.freeze({ ...usualNames, ...family.weightNames }),
  });
}

/** A checkpoint may pair otherwise than its family: converters to GGUF reorder the rows of q and k for some architectures. */
function resolvePairing(family: RopePairing, interleave: JsonObject[string] | undefined): RopePairing {
  if (interleave === undefined || interleave === null) return family;
  return interleave === true ? "interleaved" : "half";
}

type Sources = ReturnType<typeof sources>;

/** Readers of a family's declarations; the values have been checked against their kinds. */
function sources(values: JsonObject, modelType: string) {
  const value = (key: string): JsonObject[string] => {
    const found = Object.hasOwn(values, key) ? values[key] : undefined;
    if (found !== undefined) return found;
    throw new ConfigError({
      file: `family ${modelType}`,
      key,
      given: undefined,
      expected: "declared in the family's fields, since a trait of the family reads it",
      mend: "declare it with a default",
    });
  };
  const number = (source: NumberSource): number =>
    typeof source === "number" ? source : (value(source.key) as number);
  return {
    value,
    number,
    flag: (source: FlagSource): boolean => (typeof source === "boolean" ? source : value(source.key) === true),
    cap: (source: CapSource): number | null => (source === null ? null : (value(source.key) as number | null)),
    scale: (source: ScaleSource): number =>
      typeof source === "object" && "inverseSqrtOf" in source
        ? number({ key: source.inverseSqrtOf }) ** -0.5
        : number(source),
  };
}

function resolveNorm(norm: NormDeclaration, read: Sources): NormTrait {
  const eps = read.number(norm.eps);
  return Object.freeze(
    norm.kind === "rms" ? { kind: norm.kind, weightMode: norm.weightMode, eps } : { kind: norm.kind, eps },
  );
}

function resolveQkNorm(qkNorm: FamilyDefinition["traits"]["qkNorm"], norm: NormTrait, read: Sources): QkNormTrait {
  if (qkNorm === undefined || (qkNorm.onlyIf !== undefined && !read.flag({ key: qkNorm.onlyIf }))) {
    return Object.freeze({ kind: "none" });
  }
  return Object.freeze({ kind: qkNorm.kind, norm });
}

/** `[L]` */
function resolveWindow(
  window: FamilyDefinition["traits"]["window"],
  isHalved: boolean,
  read: Sources,
): readonly (number | null)[] {
  const layers = read.number({ key: "num_hidden_layers" });
  const size = window === undefined ? null : (read.value(window.key) as number | null);
  const span = size !== null && isHalved ? Math.floor(size / 2) + 1 : size;
  const types = window?.layers === "sliding" ? (read.value("layer_types") as readonly string[]) : undefined;
  return Object.freeze(
    Array.from({ length: layers }, (_, l) => (types === undefined || types[l] === "sliding_attention" ? span : null)),
  );
}

function checkHeads(heads: number, kvHeads: number, headDim: number, file: string): void {
  if (heads % kvHeads !== 0) {
    throw new ConfigError({
      file,
      key: "num_key_value_heads",
      given: kvHeads,
      expected: `a divisor of num_attention_heads = ${heads}`,
      mend: "each key head serves an equal number of query heads; correct one of the two",
    });
  }
  if (headDim % 2 !== 0) {
    throw new ConfigError({
      file,
      key: "head_dim",
      given: headDim,
      expected: "even",
      mend: "rotary embedding rotates pairs; correct it, or hidden_size and num_attention_heads",
    });
  }
}

function checkOutputWidth(key: string, expected: number, width: number, file: string): void {
  if (width === expected) return;
  throw new ConfigError({
    file,
    key,
    given: expected,
    expected: `num_attention_heads × head_dim = ${width}, since o_proj is square in this family`,
    mend: "correct one of the three",
  });
}
