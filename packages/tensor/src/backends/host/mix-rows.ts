/**
 * `acc[accAt + d] += Σ weights[at + s]·rows[s·D + d]` for first ≤ s < last and 0 ≤ d < D, s ascending; negative weights
 * mark rows to skip. Four rows at a time spare three of four loads and stores of the accumulators, in the same order.
 */
export function mixRows(
  acc: Float64Array,
  accAt: number,
  rows: Float64Array,
  first: number,
  last: number,
  D: number,
  weights: Float64Array,
  at: number,
): void {
  let s = first;
  while (s < last) {
    const w0 = weights[at + s];
    if (s + 4 <= last && !(w0 < 0 || weights[at + s + 1] < 0 || weights[at + s + 2] < 0 || weights[at + s + 3] < 0)) {
      const w1 = weights[at + s + 1];
      const w2 = weights[at + s + 2];
      const w3 = weights[at + s + 3];
      const r0 = s * D;
      const r1 = r0 + D;
      const r2 = r1 + D;
      const r3 = r2 + D;
      for (let d = 0; d < D; d++) {
        acc[accAt + d] = acc[accAt + d] + w0 * rows[r0 + d] + w1 * rows[r1 + d] + w2 * rows[r2 + d] + w3 * rows[r3 + d];
      }
      s += 4;
    } else {
      if (!(w0 < 0)) {
        const r0 = s * D;
        for (let d = 0; d < D; d++) acc[accAt + d] += w0 * rows[r0 + d];
      }
      s++;
    }
  }
}
