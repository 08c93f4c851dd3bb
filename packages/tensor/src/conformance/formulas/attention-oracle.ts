import type { ValuedCall } from "../case.ts";
import type { AttentionParams } from "../../contract/kernels.ts";
import { sequencesOf, type HostSequence } from "../draws/attention-arguments.ts";
import { at, broadcastAt, expected, type Expected, type TensorValues } from "../tensor-values.ts";

interface VisibleKey {
  readonly page: number;
  readonly slot: number;
  readonly score: number;
  /** Size of what was added up to the score. */
  readonly size: number;
}

/** Element of a pool; levels times their scale. */
function poolAt(
  pool: TensorValues,
  scales: TensorValues | undefined,
  [page, kv, slot, d]: readonly [number, number, number, number],
): number {
  const stored = at(pool, page, kv, slot, d);
  return scales ? stored * at(scales, page, kv, slot) : stored;
}

/** Keys that token n of a sequence sees with query head h, and their scores. */
function visibleKeys(
  { inputs: { q, keys, keyScales, mask }, params }: ValuedCall<"attention", AttentionParams>,
  { length, end, page: pageOf }: HostSequence,
  [n, h]: readonly [number, number],
): VisibleKey[] {
  const { scale, causal, window, softcap } = params;
  const [, H, D] = q.shape as [number, number, number];
  const [, K, P] = keys.shape as [number, number, number];
  const kv = Math.floor((h * K) / H);
  const own = length - (end - n);
  const covered = mask && mask.shape[mask.shape.length - 1] !== 1 ? mask.shape[mask.shape.length - 1] : length;
  const visible: VisibleKey[] = [];
  for (let s = 0; s < Math.min(length, covered); s++) {
    if (causal && s > own) continue;
    if (window !== null && own - s >= window) continue;
    const added = mask ? broadcastAt(mask, [n, h, s]) : 0;
    if (mask && (mask.dtype === "bool" ? added === 0 : added === -Infinity)) continue;
    const page = pageOf(s);
    let score = 0;
    let size = 0;
    for (let d = 0; d < D; d++) {
      const product = at(q, n, h, d) * poolAt(keys, keyScales, [page, kv, s % P, d]) * scale;
      score += product;
      size += Math.abs(product);
    }
    if (softcap !== null) score = softcap * Math.tanh(score / softcap);
    if (mask && mask.dtype !== "bool") {
      score += added;
      // A huge summand swallows the score in f32 and f64 alike.
      size += Math.min(Math.abs(added), 10);
    }
    visible.push({ page, slot: s % P, score, size });
  }
  return visible;
}

/**
 * Attention by its formula. Errors of a score become relative errors of its weight (`e^(s+δ) ≈ e^s(1 + δ)`) and, by the
 * sum of the weights, of every weight: the magnitude is `Σ w|v|·(1 + m + Σ w·m)`, m the size of what makes a score.
 */
export function attentionOracle(call: ValuedCall<"attention", AttentionParams>): Expected {
  const { q, keys, values, valueScales } = call.inputs;
  const [N, H] = q.shape as [number, number];
  const K = keys.shape[1];
  const sequences = sequencesOf(call);
  const rows = new Map<number, { key: VisibleKey; weight: number; size: number }[]>();
  return expected(q.dtype, [N, H, values.shape[3]], (index) => {
    const [n, h, d] = index as [number, number, number];
    const row = n * H + h;
    let weighted = rows.get(row);
    if (!weighted) {
      const sequence = sequences.find(({ first, end }) => first <= n && n < end);
      const visible = sequence ? visibleKeys(call, sequence, [n, h]) : [];
      const top = Math.max(...visible.map(({ score }) => score));
      const total = visible.reduce((sum, { score }) => sum + Math.exp(score - top), 0);
      weighted = visible.map((key) => ({
        key,
        weight: Math.exp(key.score - top) / total,
        size: key.size + Math.min(Math.abs(key.score - top), 100),
      }));
      rows.set(row, weighted);
    }
    const shared = weighted.reduce((sum, { weight, size }) => sum + weight * size, 0);
    let value = 0;
    let magnitude = 0;
    for (const { key, weight, size } of weighted) {
      const term = weight * poolAt(values, valueScales, [key.page, Math.floor((h * K) / H), key.slot, d]);
      value += term;
      magnitude += Math.abs(term) * (1 + size + shared);
    }
    return [value, magnitude];
  });
}
