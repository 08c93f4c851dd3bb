import type { Uniform } from "./row-random.ts";

/** Softmax of one row in f64; −∞ gives 0. */
export function softmaxRow(logits: ArrayLike<number>): Float64Array {
  const { exponentials, total } = shiftedExponentials(logits);
  for (let i = 0; i < exponentials.length; i++) exponentials[i] = (exponentials[i] ?? 0) / total;
  return exponentials;
}

/** Log-softmax of one row in f64. */
export function logSoftmaxRow(logits: ArrayLike<number>): Float64Array {
  const { exponentials: result, top, total } = shiftedExponentials(logits);
  const shift = top + Math.log(total);
  for (let i = 0; i < result.length; i++) result[i] = (logits[i] ?? 0) - shift;
  return result;
}

/** `exp(x − max)` of a row, and their sum. */
function shiftedExponentials(logits: ArrayLike<number>): {
  readonly exponentials: Float64Array;
  readonly top: number;
  readonly total: number;
} {
  let top = -Infinity;
  for (let i = 0; i < logits.length; i++) if ((logits[i] ?? 0) > top) top = logits[i] ?? 0;
  const exponentials = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += exponentials[i] = Math.exp((logits[i] ?? 0) - top);
  return { exponentials, top, total };
}

/** `−Σ p ln p`; what is impossible adds nothing. */
export function entropyOf(logProbabilities: Float64Array): number {
  let entropy = 0;
  for (const l of logProbabilities) if (l > -Infinity) entropy -= Math.exp(l) * l;
  return entropy;
}

/** Index of the first maximum. */
export function argmaxRow(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] ?? 0) > (logits[best] ?? 0)) best = i;
  return best;
}

/** Draws an index with the softmax of the logits as its distribution. */
export function sampleRow(logits: ArrayLike<number>, random: Uniform): number {
  return drawIndex(softmaxRow(logits), random.uniform());
}

/** Weights whose sum is kept, so that a draw need not add up all of them. */
const BLOCK = 1024;

/**
 * Draws up to `count` different indices, each with the softmax of what is left as its distribution; fewer when fewer have
 * a probability above 0.
 */
export function sampleDistinct(logits: ArrayLike<number>, count: number, random: Uniform): number[] {
  const probabilities = softmaxRow(logits);
  const block = (b: number): Float64Array => probabilities.subarray(b * BLOCK, (b + 1) * BLOCK);
  const sums = Float64Array.from({ length: Math.ceil(probabilities.length / BLOCK) }, (_, b) => sumOf(block(b)));
  const drawn: number[] = [];
  while (drawn.length < count) {
    const left = sumOf(sums);
    if (!(left > 0)) break;
    const target = random.uniform() * left;
    const b = drawIndex(sums, target);
    const index = b * BLOCK + drawIndex(block(b), target - sumOf(sums.subarray(0, b)));
    drawn.push(index);
    probabilities[index] = 0;
    sums[b] = sumOf(block(b));
  }
  return drawn;
}

const sumOf = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0);

/** The index at which the running sum of the weights exceeds the target. */
export function drawIndex(weights: Float64Array, target: number): number {
  let cumulated = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight === 0) continue;
    cumulated += weight;
    last = i;
    if (cumulated > target) return i;
  }
  // Rounding left the sum a hair below the total: the last possible index.
  return last;
}
