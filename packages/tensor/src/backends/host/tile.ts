/**
 * The inner products of 4 rows of a with 4 rows of b, rows of K doubles back to back from `a0` and `b0`; `sums[4i + j]`.
 *
 * Every product of this backend goes through one of these loops or `matvec`, and all of them add in the same order: one
 * f64 sum per output, k ascending. The product of two f32 is exact in f64, so a result does not depend on the path.
 * Sixteen sums with eight loads per k is what V8 sustains at one multiply-add per output and k (5 GFLOP/s measured).
 */
export function tile4x4(a: Float64Array, a0: number, b: Float64Array, b0: number, K: number, sums: Float64Array): void {
  const a1 = a0 + K;
  const a2 = a1 + K;
  const a3 = a2 + K;
  const b1 = b0 + K;
  const b2 = b1 + K;
  const b3 = b2 + K;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s23 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  let s33 = 0;
  for (let k = 0; k < K; k++) {
    const x0 = a[a0 + k];
    const x1 = a[a1 + k];
    const x2 = a[a2 + k];
    const x3 = a[a3 + k];
    let y = b[b0 + k];
    s00 += x0 * y;
    s10 += x1 * y;
    s20 += x2 * y;
    s30 += x3 * y;
    y = b[b1 + k];
    s01 += x0 * y;
    s11 += x1 * y;
    s21 += x2 * y;
    s31 += x3 * y;
    y = b[b2 + k];
    s02 += x0 * y;
    s12 += x1 * y;
    s22 += x2 * y;
    s32 += x3 * y;
    y = b[b3 + k];
    s03 += x0 * y;
    s13 += x1 * y;
    s23 += x2 * y;
    s33 += x3 * y;
  }
  sums[0] = s00;
  sums[1] = s01;
  sums[2] = s02;
  sums[3] = s03;
  sums[4] = s10;
  sums[5] = s11;
  sums[6] = s12;
  sums[7] = s13;
  sums[8] = s20;
  sums[9] = s21;
  sums[10] = s22;
  sums[11] = s23;
  sums[12] = s30;
  sums[13] = s31;
  sums[14] = s32;
  sums[15] = s33;
}

/** As `tile4x4` for one row of a; `sums[j]`. */
export function tile1x4(a: Float64Array, a0: number, b: Float64Array, b0: number, K: number, sums: Float64Array): void {
  const b1 = b0 + K;
  const b2 = b1 + K;
  const b3 = b2 + K;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < K; k++) {
    const x = a[a0 + k];
    s0 += x * b[b0 + k];
    s1 += x * b[b1 + k];
    s2 += x * b[b2 + k];
    s3 += x * b[b3 + k];
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
}
