import type { Rng } from "@helium-lm/tensor";

/** Softmax of one row in f64; −∞ gives 0. */
export function softmaxRow(logits: Float32Array): Float64Array {
  let top = -Infinity;
  for (const value of logits) if (value > top) top = value;
  const result = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += result[i] = Math.exp((logits[i] ?? 0) - top);
  for (let i = 0; i < result.length; i++) result[i] = (result[i] ?? 0) / total;
  return result;
}

/** Index of the first maximum. */
export function argmaxRow(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] ?? 0) > (logits[best] ?? 0)) best = i;
  return best;
}

/** Draws an index with the softmax of the logits as its distribution, by inversion of the running sum. */
export function sampleRow(logits: Float32Array, rng: Rng): number {
  const probabilities = softmaxRow(logits);
  const target = rng.uniform();
  let cumulated = 0;
  let last = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i] ?? 0;
    if (probability === 0) continue;
    cumulated += probability;
    last = i;
    if (cumulated > target) return i;
  }
  // Rounding left the sum a hair below 1: the last possible token.
  return last;
}
