import type { DecoderTraits, NormTrait } from "../../config/index.ts";
import { at, columns, linear, type F64Tensor, type Row, type Rows } from "./vectors.ts";

/** RMS or layer norm of one vector, its weight starting at `offset`. */
export function normed(x: Row, trait: NormTrait, weight: F64Tensor, offset = 0): Row {
  const mean = trait.kind === "layer" ? x.reduce((sum, value) => sum + value, 0) / x.length : 0;
  const square = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  const scale = 1 / Math.sqrt(square + trait.eps);
  const one = trait.kind === "rms" && trait.weightMode === "one-plus" ? 1 : 0;
  return x.map((value, i) => (value - mean) * scale * (one + at(weight.values, offset + i)));
}

/** cos and sin `[T][R/2]`. */
export interface Angles {
  readonly cos: Rows;
  readonly sin: Rows;
}

/** Turns the first 2·R/2 elements of a head by the angles of its position; the rest passes. */
function rotated(x: Row, cos: Row, sin: Row, pairing: "interleaved" | "half"): Row {
  const out = x.slice();
  cos.forEach((c, i) => {
    const [first, second] = pairing === "interleaved" ? [2 * i, 2 * i + 1] : [i, i + cos.length];
    out[first] = at(x, first) * c - at(x, second) * at(sin, i);
    out[second] = at(x, second) * c + at(x, first) * at(sin, i);
  });
  return out;
}

/** The tensors of one attention layer by their last path segments, e.g. `q_proj.weight`. */
export type LayerWeights = (name: string) => F64Tensor | undefined;

export function required(weights: LayerWeights, name: string): F64Tensor {
  const found = weights(name);
  if (!found) throw new RangeError(`f64 decoder: no tensor ${name}`);
  return found;
}

/** Attention of one layer over one sequence `[T][C]`, from the traits (specification §2.4, §5). */
export function attention(
  x: Rows,
  traits: DecoderTraits,
  layer: number,
  weights: LayerWeights,
  angles: Angles | null,
): Rows {
  const { numAttentionHeads: H, numKeyValueHeads: K, headDim: D, weights: names, qkNorm } = traits;
  const project = (name: string): Rows => linear(x, required(weights, `${name}.weight`), weights(`${name}.bias`));
  const fused = traits.fusedQkv ? project(names.qkv) : null;
  const q = fused ? columns(fused, 0, H * D) : project(names.q);
  const k = fused ? columns(fused, H * D, K * D) : project(names.k);
  const v = fused ? columns(fused, (H + K) * D, K * D) : project(names.v);

  /** Head h of the projection `[T][n·D]`, normed and rotated. */
  const head = (projected: Rows, norm: string, h: number): Rows => {
    const own = projected.map((row) => headOf(row, h, norm));
    if (!angles) return own;
    return own.map((row, t) => rotated(row, angles.cos[t] ?? row, angles.sin[t] ?? row, traits.rope.pairing));
  };
  const headOf = (row: Row, h: number, norm: string): Row => {
    const own = (whole: Row): Row => whole.slice(h * D, (h + 1) * D);
    if (qkNorm.kind === "none") return own(row);
    const weight = required(weights, `${norm}.weight`);
    if (qkNorm.kind === "fullWidth") return own(normed(row, qkNorm.norm, weight));
    return normed(own(row), qkNorm.norm, weight, qkNorm.kind === "eachHead" ? h * D : 0);
  };

  const heads = Array.from({ length: H }, (_, h) => {
    const kv = Math.floor(h / (H / K));
    return attended(head(q, names.qNorm, h), head(k, names.kNorm, kv), columns(v, kv * D, D), traits, layer);
  });
  const merged = x.map((_, t) => Float64Array.from(heads.flatMap((rows) => [...(rows[t] ?? [])])));
  return linear(merged, required(weights, `${names.o}.weight`), weights(`${names.o}.bias`));
}

/** Whether query position t of a layer sees key position s. */
export function sees({ causal, window }: DecoderTraits, layer: number, t: number, s: number): boolean {
  const width = window[layer] ?? null;
  return (!causal || s <= t) && (width === null || Math.abs(t - s) < width);
}

function attended(q: Rows, k: Rows, v: Rows, traits: DecoderTraits, layer: number): Rows {
  const { attnScale, attnSoftcap: cap } = traits;
  return q.map((query, t) => {
    const scores = k.map((key, s) => {
      if (!sees(traits, layer, t, s)) return -Infinity;
      const score = attnScale * query.reduce((sum, value, i) => sum + value * at(key, i), 0);
      return cap === null ? score : cap * Math.tanh(score / cap);
    });
    const top = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - top));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return query.map((_, i) => weights.reduce((sum, weight, s) => sum + (weight / total) * at(v[s] ?? query, i), 0));
  });
}
