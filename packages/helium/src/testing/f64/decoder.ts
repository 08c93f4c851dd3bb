import { dtypes, isDType } from "@helium-lm/tensor";
import type { CheckpointReader } from "@helium-lm/nn";
import type { DecoderConfig, DecoderTraits } from "../../config/index.ts";
import type { HeadName } from "../../heads/index.ts";
import { ropeTables } from "../../model/block-config.ts";
import { activations } from "./activations.ts";
import { attention, normed, required, type Angles, type LayerWeights } from "./attention.ts";
import { added, at, columns, linear, type F64Tensor, type Row, type Rows } from "./vectors.ts";

/** All tensors of a checkpoint in f64. */
export type F64Weights = ReadonlyMap<string, F64Tensor>;

export async function weightsInF64(reader: CheckpointReader): Promise<F64Weights> {
  const weights = new Map<string, F64Tensor>();
  for (const name of reader.names()) {
    const { dtype, shape } = reader.info(name);
    if (!isDType(dtype)) throw new RangeError(`f64 decoder: ${name} is ${dtype}`);
    const { view, decode, bytes: width } = dtypes[dtype];
    const { buffer, byteOffset, byteLength } = await reader.readBytes(name);
    const stored = view(buffer, byteOffset, byteLength / width);
    weights.set(name, { shape, values: Float64Array.from(stored, decode) });
  }
  return weights;
}

/**
 * The decoder in double precision, from the traits and the specification's formulas, one sequence without a
 * cache: what a model must compute. No tensor and no layer of this project takes part, except the host tables of rotary
 * angles, which have fixtures of their own.
 */
export function decoderInF64(config: DecoderConfig, weights: F64Weights, head: HeadName, ids: readonly number[]): Rows {
  const { traits } = config;
  const prefix = head === "base" ? "" : `${traits.weights.trunk}.`;
  const under =
    (path: string): LayerWeights =>
    (name) =>
      weights.get(`${path}${name}`);
  const table = required(under(prefix), `${traits.weights.embedding}.weight`);
  const C = traits.hiddenSize;
  let x: Rows = ids.map((id) =>
    table.values.slice(id * C, (id + 1) * C).map((value) => value * traits.embedScale.value),
  );
  const angles = anglesOf(traits, ids.length);
  for (let layer = 0; layer < traits.numHiddenLayers; layer++) {
    const set = traits.rope.setOf[layer] ?? null;
    x = block(
      x,
      traits,
      layer,
      under(`${prefix}${traits.weights.layers}.${layer}.`),
      set === null ? null : (angles[set] ?? null),
    );
  }
  const finalNorm = required(under(prefix), `${traits.weights.finalNorm}.weight`);
  return x.map((row) => normed(row, traits.norm, finalNorm));
}

function anglesOf(traits: DecoderTraits, T: number): readonly Angles[] {
  const rows = (flat: Float32Array, half: number): Rows =>
    Array.from({ length: T }, (_, t) => Float64Array.from(flat.subarray(t * half, (t + 1) * half)));
  return ropeTables(traits).map((table) => {
    const { cos, sin, shape } = table.cosSin([Array.from({ length: T }, (_, t) => t)]);
    return { cos: rows(cos, shape[2]), sin: rows(sin, shape[2]) };
  });
}

/** The decoder block of `decoder-block.ts`, sequential or parallel. */
function block(x: Rows, traits: DecoderTraits, layer: number, weights: LayerWeights, angles: Angles | null): Rows {
  const { norms, weights: names, residualScale } = traits;
  const norm = (rows: Rows, name: string | null): Rows =>
    name === null ? rows : rows.map((row) => normed(row, traits.norm, required(weights, `${name}.weight`)));
  const n = norm(x, norms.preAttn);
  const inAttention: LayerWeights = (name) => weights(`${names.attention}.${name}`);
  const attendedRows = attention(n, traits, layer, inAttention, angles);
  const mlp = (rows: Rows): Rows => gatedMlp(rows, traits, (name) => weights(`${names.mlp}.${name}`));
  if (traits.block === "parallel") return added(x, added(attendedRows, mlp(n)), residualScale);
  const a = added(x, norm(attendedRows, norms.postAttn), residualScale);
  return added(a, norm(mlp(norm(a, norms.preMlp)), norms.postMlp), residualScale);
}

/** `down(act(gate(x)) ⊙ up(x))` */
function gatedMlp(x: Rows, traits: DecoderTraits, weights: LayerWeights): Rows {
  const { weights: names, intermediateSize: F } = traits;
  const project = (rows: Rows, name: string): Rows =>
    linear(rows, required(weights, `${name}.weight`), weights(`${name}.bias`));
  const fused = traits.fusedGateUp ? project(x, names.gateUp) : null;
  const gate = fused ? columns(fused, 0, F) : project(x, names.gate);
  const up = fused ? columns(fused, F, F) : project(x, names.up);
  const activation = activations[traits.activation];
  const mixed = gate.map((row, t): Row => row.map((value, i) => activation(value) * at(up[t] ?? row, i)));
  return project(mixed, names.down);
}
