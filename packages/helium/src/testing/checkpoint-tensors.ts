import type { DecoderConfig, DecoderKnobs } from "../config/index.ts";
import type { HeadName } from "../heads/index.ts";

/** A tensor that a checkpoint must hold. */
export interface CheckpointTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: "embedding" | "matrix" | "bias" | "norm";
}

/**
 * The tensors of a checkpoint of this config and head, in the order of the model: names and shapes made from
 * `config.knobs` alone, without the code that loads a model, so that each can be checked against the other. A tied
 * `lm_head` is left out, as in the files.
 */
export function checkpointTensors(config: DecoderConfig, head: HeadName): readonly CheckpointTensor[] {
  const { knobs, numLabels, tokenClassificationBias } = config;
  const { hiddenSize: C, vocabSize: V, weights: names } = knobs;
  const trunk = head === "base" ? "" : `${names.trunk}.`;
  const layers = Array.from({ length: knobs.numHiddenLayers }, (_, l) =>
    layerTensors(knobs, `${trunk}${names.layers}.${l}`),
  );
  const score = (bias: boolean): readonly CheckpointTensor[] => linear(names.score, numLabels, C, bias);
  const own: { readonly [H in HeadName]: readonly CheckpointTensor[] } = {
    base: [],
    "causal-lm": knobs.tied ? [] : linear(names.lmHead, V, C, false),
    "sequence-classification": score(false),
    "token-classification": score(tokenClassificationBias),
  };
  return [
    { name: `${trunk}${names.embedding}.weight`, shape: [V, C], role: "embedding" },
    ...layers.flat(),
    norm(`${trunk}${names.finalNorm}`, [C]),
    ...own[head],
  ];
}

function layerTensors(knobs: DecoderKnobs, layer: string): readonly CheckpointTensor[] {
  const { hiddenSize: C, intermediateSize: F, norms, weights: names } = knobs;
  const blockNorm = (name: string | null): readonly CheckpointTensor[] =>
    name === null ? [] : [norm(`${layer}.${name}`, [C])];
  const mlp = `${layer}.${names.mlp}`;
  const gateUp = knobs.fusedGateUp
    ? linear(`${mlp}.${names.gateUp}`, 2 * F, C, knobs.mlpBias)
    : [names.gate, names.up].flatMap((name) => linear(`${mlp}.${name}`, F, C, knobs.mlpBias));
  return [
    ...blockNorm(norms.preAttn),
    ...attentionTensors(knobs, `${layer}.${names.attention}`),
    ...blockNorm(norms.postAttn),
    ...blockNorm(norms.preMlp),
    ...gateUp,
    ...linear(`${mlp}.${names.down}`, C, F, knobs.mlpBias),
    ...blockNorm(norms.postMlp),
  ];
}

function attentionTensors(knobs: DecoderKnobs, path: string): readonly CheckpointTensor[] {
  const { hiddenSize: C, headDim: D, numAttentionHeads: H, numKeyValueHeads: K, qkvBias, weights: names } = knobs;
  const projections = knobs.fusedQkv
    ? linear(`${path}.${names.qkv}`, (H + 2 * K) * D, C, qkvBias)
    : [
        ...linear(`${path}.${names.q}`, H * D, C, qkvBias),
        ...linear(`${path}.${names.k}`, K * D, C, qkvBias),
        ...linear(`${path}.${names.v}`, K * D, C, qkvBias),
      ];
  const normShapes = {
    none: [],
    perHead: [[D], [D]],
    eachHead: [
      [H, D],
      [K, D],
    ],
    fullWidth: [[H * D], [K * D]],
  }[knobs.qkNorm.kind];
  const norms = normShapes.map((shape, i) => norm(`${path}.${i === 0 ? names.qNorm : names.kNorm}`, shape));
  return [...projections, ...linear(`${path}.${names.o}`, C, H * D, knobs.oBias), ...norms];
}

function linear(path: string, out: number, inputs: number, bias: boolean): readonly CheckpointTensor[] {
  const weight: CheckpointTensor = { name: `${path}.weight`, shape: [out, inputs], role: "matrix" };
  return bias ? [weight, { name: `${path}.bias`, shape: [out], role: "bias" }] : [weight];
}

function norm(path: string, shape: readonly number[]): CheckpointTensor {
  return { name: `${path}.weight`, shape, role: "norm" };
}
