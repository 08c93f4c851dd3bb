/** How far predictions are from others at the same places. */
export interface Divergence {
  readonly places: number;
  /** Kullback-Leibler divergence from the exact prediction, in nats. */
  readonly meanKl: number;
  readonly maxKl: number;
  /** Share of places where the likeliest token is the same. */
  readonly agreement: number;
  /** Largest lead that the exact first choice had where it is not the other's: 0 where they always agree. */
  readonly widestLead: number;
  /** Largest difference of any logit. */
  readonly maxLogitDifference: number;
}

/** Sums up place after place; it takes rows of logits, the exact ones and the others. */
export class DivergenceSum {
  #places = 0;
  #kl = 0;
  #maxKl = 0;
  #agreeing = 0;
  #widestLead = 0;
  #maxDifference = 0;

  add(exact: Float32Array, other: Float32Array): void {
    const [first, second] = [argmax(exact), argmax(other)];
    const [logTotal, otherLogTotal] = [logSumExp(exact), logSumExp(other)];
    let kl = 0;
    for (let i = 0; i < exact.length; i++) {
      const [x, y] = [exact[i] ?? NaN, other[i] ?? NaN];
      kl += Math.exp(x - logTotal) * (x - logTotal - (y - otherLogTotal));
      this.#maxDifference = Math.max(this.#maxDifference, Math.abs(x - y));
    }
    this.#places++;
    this.#kl += kl;
    this.#maxKl = Math.max(this.#maxKl, kl);
    if (first === second) this.#agreeing++;
    else this.#widestLead = Math.max(this.#widestLead, (exact[first] ?? NaN) - (exact[second] ?? NaN));
  }

  get result(): Divergence {
    return {
      places: this.#places,
      meanKl: this.#kl / this.#places,
      maxKl: this.#maxKl,
      agreement: this.#agreeing / this.#places,
      widestLead: this.#widestLead,
      maxLogitDifference: this.#maxDifference,
    };
  }
}

function argmax(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if ((row[i] ?? NaN) > (row[best] ?? NaN)) best = i;
  return best;
}

function logSumExp(row: Float32Array): number {
  const top = row[argmax(row)] ?? NaN;
  let sum = 0;
  for (const x of row) sum += Math.exp(x - top);
  return top + Math.log(sum);
}
