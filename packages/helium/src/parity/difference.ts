/** How far a result is from the reference's. */
export interface Difference {
  /** `max |ours − theirs|` */
  readonly maxAbs: number;
  /** `‖ours − theirs‖ / ‖theirs‖`; 0 where both are 0. */
  readonly relative: number;
  /** `ours·theirs / (‖ours‖·‖theirs‖)`; 1 where both are 0. */
  readonly cosine: number;
}

/** How far logits are from the reference's, also as distributions. */
export interface LogitDifference extends Difference {
  /** Share of the positions with the same largest logit. */
  readonly top1: number;
  /** Mean over the positions of `KL(theirs ‖ ours) = Σ p·ln(p/q)`, in nats. */
  readonly kl: number;
}

/** Compares two results of the same length, summed in f64. A NaN on either side makes every figure NaN. */
export function difference(ours: ArrayLike<number>, theirs: ArrayLike<number>): Difference {
  let [maxAbs, gap, own, other, product] = [0, 0, 0, 0, 0];
  for (let i = 0; i < theirs.length; i++) {
    const [a, b] = [ours[i] ?? NaN, theirs[i] ?? NaN];
    const distance = Math.abs(a - b);
    maxAbs = Number.isNaN(distance) ? NaN : Math.max(maxAbs, distance);
    gap += distance * distance;
    own += a * a;
    other += b * b;
    product += a * b;
  }
  if (own === 0 && other === 0) return { maxAbs, relative: 0, cosine: 1 };
  return { maxAbs, relative: Math.sqrt(gap / other), cosine: product / Math.sqrt(own * other) };
}

/** Compares logits `[positions, V]`. */
export function logitDifference(ours: Float32Array, theirs: Float32Array, V: number): LogitDifference {
  const positions = theirs.length / V;
  let [same, kl] = [0, 0];
  for (let t = 0; t < positions; t++) {
    const [a, b] = [ours, theirs].map((logits) => logits.subarray(t * V, (t + 1) * V)) as [Float32Array, Float32Array];
    if (argmax(a) === argmax(b)) same += 1;
    kl += divergence(logProbabilities(b), logProbabilities(a));
  }
  return { ...difference(ours, theirs), top1: same / positions, kl: kl / positions };
}

function argmax(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if ((row[i] ?? NaN) > (row[best] ?? NaN)) best = i;
  return best;
}

/** `x − ln Σ eˣ`, in f64. */
function logProbabilities(row: Float32Array): Float64Array {
  const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = row.reduce((sum, x) => sum + Math.exp(x - top), 0);
  return Float64Array.from(row, (x) => x - top - Math.log(total));
}

/** `Σ eᵖ·(p − q)` of log-probabilities; rounding may take it below 0. */
function divergence(p: Float64Array, q: Float64Array): number {
  return Math.max(
    0,
    p.reduce((sum, value, i) => sum + Math.exp(value) * (value - (q[i] ?? NaN)), 0),
  );
}
