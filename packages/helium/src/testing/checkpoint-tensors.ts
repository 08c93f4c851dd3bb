import type { DecoderConfig, DecoderTraits } from "../config/index.ts";
import { heads, type HeadName } from "../heads/index.ts";

/** A tensor that a checkpoint must hold. */
export interface CheckpointTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: "embedding" | "matrix" | "bias" | "norm";
}

/**
 * The tensors of a checkpoint of this config and head, in the order of the model: names and shapes made from
 * `config.traits` and the head's definition alone, without the code that loads a model, so that each can be checked against
 * the other. A tied `lm_head` is left out, as in the files.
 */
export function checkpointTensors(config: DecoderConfig, head: HeadName): readonly CheckpointTensor[] {
  const { traits } = config;
  const { hiddenSize: C, vocabSize: V, weights: names } = traits;
  const trunk = head === "base" ? "" : `${names.trunk}.`;
  const layers = Array.from({ length: traits.numHiddenLayers }, (_, l) =>
    layerTensors(traits, `${trunk}${names.layers}.${l}`),
  );
  const own = heads[head].projection(config);
  return [
    { name: `${trunk}${names.embedding}.weight`, shape: [V, C], role: "embedding" },
    ...layers.flat(),
    norm(`${trunk}${names.finalNorm}`, [C]),
    ...(own && !own.tied ? linear(own.path, own.out, C, own.bias) : []),
  ];
}

function layerTensors(traits: DecoderTraits, layer: string): readonly CheckpointTensor[] {
  const { hiddenSize: C, intermediateSize: F, norms, weights: names } = traits;
  const blockNorm = (name: string | null): readonly CheckpointTensor[] =>
    name === null ? [] : [norm(`${layer}.${name}`, [C])];
  const mlp = `${layer}.${names.mlp}`;
  const gateUp = traits.fusedGateUp
    ? linear(`${mlp}.${names.gateUp}`, 2 * F, C, traits.mlpBias)
    : [names.gate, names.up].flatMap((name) => linear(`${mlp}.${name}`, F, C, traits.mlpBias));
  return [
    ...blockNorm(norms.preAttn),
    ...attentionTensors(traits, `${layer}.${names.attention}`),
    ...blockNorm(norms.postAttn),
    ...blockNorm(norms.preMlp),
    ...gateUp,
    ...linear(`${mlp}.${names.down}`, C, F, traits.mlpBias),
    ...blockNorm(norms.postMlp),
  ];
}

function attentionTensors(traits: DecoderTraits, path: string): readonly CheckpointTensor[] {
  const { hiddenSize: C, headDim: D, numAttentionHeads: H, numKeyValueHeads: K, qkvBias, weights: names } = traits;
  const projections = traits.fusedQkv
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
  }[traits.qkNorm.kind];
  const norms = normShapes.map((shape, i) => norm(`${path}.${i === 0 ? names.qNorm : names.kNorm}`, shape));
  return [...projections, ...linear(`${path}.${names.o}`, C, H * D, traits.oBias), ...norms];
}

function linear(path: string, out: number, inputs: number, bias: boolean): readonly CheckpointTensor[] {
  const weight: CheckpointTensor = { name: `${path}.weight`, shape: [out, inputs], role: "matrix" };
  return bias ? [weight, { name: `${path}.bias`, shape: [out], role: "bias" }] : [weight];
}

function norm(path: string, shape: readonly number[]): CheckpointTensor {
  return { name: `${path}.weight`, shape, role: "norm" };
}
