/**
 * `sums[n] = Σₖ w[at + n·rowStride + k]·x[k]` for 0 ≤ n < N, weights read in place, k ascending in one f64 sum per row.
 * Six rows at once hide the latency of the additions; eight spill.
 */
export function matvecF32(
  w: Float32Array,
  at: number,
  rowStride: number,
  x: Float64Array,
  K: number,
  sums: Float64Array,
  N: number,
): void {
  let n = 0;
  for (; n + 6 <= N; n += 6) {
    const p0 = at + n * rowStride;
    const p1 = p0 + rowStride;
    const p2 = p1 + rowStride;
    const p3 = p2 + rowStride;
    const p4 = p3 + rowStride;
    const p5 = p4 + rowStride;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    for (let k = 0; k < K; k++) {
      const v = x[k];
      s0 += w[p0 + k] * v;
      s1 += w[p1 + k] * v;
      s2 += w[p2 + k] * v;
      s3 += w[p3 + k] * v;
      s4 += w[p4 + k] * v;
      s5 += w[p5 + k] * v;
    }
    sums[n] = s0;
    sums[n + 1] = s1;
    sums[n + 2] = s2;
    sums[n + 3] = s3;
    sums[n + 4] = s4;
    sums[n + 5] = s5;
  }
  for (; n < N; n++) {
    const p = at + n * rowStride;
    let s = 0;
    for (let k = 0; k < K; k++) s += w[p + k] * x[k];
    sums[n] = s;
  }
}

/** As `matvecF32` for 16-bit weights, decoded by `table` (`halfTable`). */
export function matvecHalf(
  w: Uint16Array,
  table: Float32Array,
  at: number,
  rowStride: number,
  x: Float64Array,
  K: number,
  sums: Float64Array,
  N: number,
): void {
  let n = 0;
  for (; n + 6 <= N; n += 6) {
    const p0 = at + n * rowStride;
    const p1 = p0 + rowStride;
    const p2 = p1 + rowStride;
    const p3 = p2 + rowStride;
    const p4 = p3 + rowStride;
    const p5 = p4 + rowStride;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    for (let k = 0; k < K; k++) {
      const v = x[k];
      s0 += table[w[p0 + k]] * v;
      s1 += table[w[p1 + k]] * v;
      s2 += table[w[p2 + k]] * v;
      s3 += table[w[p3 + k]] * v;
      s4 += table[w[p4 + k]] * v;
      s5 += table[w[p5 + k]] * v;
    }
    sums[n] = s0;
    sums[n + 1] = s1;
    sums[n + 2] = s2;
    sums[n + 3] = s3;
    sums[n + 4] = s4;
    sums[n + 5] = s5;
  }
  for (; n < N; n++) {
    const p = at + n * rowStride;
    let s = 0;
    for (let k = 0; k < K; k++) s += table[w[p + k]] * x[k];
    sums[n] = s;
  }
}
