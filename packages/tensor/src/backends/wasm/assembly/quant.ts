import { activation4 } from "./elementwise";
import { rmsScale } from "./rows";
import {
  q4_0x1, q4_0x2, q4_0x4, q4_1x1, q4_1x2, q4_1x4, q4_Kx1, q4_Kx2, q4_Kx4, q6_Kx1, q6_Kx2, q6_Kx4, q8_0x1, q8_0x2, q8_0x4,
} from "./quant-tiles";

// Weights: panels of 8 rows (the last padded with zeros), each a run of blocks of 32 k:
//   nibbles (q4_0, q4_1, q4_K, q6_K): 4 steps of 8 k = [rows 0–3 | rows 4–7] × 4 bytes; byte t of step j holds k = 8j + t
//     in its low and 8j + 4 + t in its high nibble
//   q4_0: nibbles 128, 8 f16 d                       q4_1: nibbles 128, 8 f16 d, 8 f16 m
//   q4_K: per 256 k a header of 8 f16 d, 8 f16 dmin; per block nibbles 128, 8 scales, 8 mins (u8)
//   q6_K: per 256 k a header of 8 f16 d; per block nibbles 128, 64 bytes of high bits ([16 k][rows 0–3 | 4–7] × 4 bytes;
//     two bits each of step 2g low, high, step 2g + 1 low, high), 16 scales ([16 k][8 rows], s8)
//   q8_0: 16 steps of 2 k = 8 rows × 2 bytes, 8 f16 d
//
// Activations: groups of 4 tokens (then 2, then 1), in each [block][token] records:
//   8 bits, 64 bytes: 32 s8, f32 scale, i32 Σ of 32, 0, f32 scale·Σ, i32 Σ of either 16, 0, 0
//   16 bits, 80 bytes: 32 s16, f32 scale, 0, 0, 0
//
// Parameters of the quantisers: 0 out   1 x   2 x row stride (bytes)   3 M   4 blocks   5 norm weight (0: none)
// 6 eps (f32)   7 added to the norm weight (f32). Unit = one token.

/** Tokens of the group that token m is in. */
// @ts-ignore: decorator
@inline
function groupSize(m: i32, M: i32): i32 {
  const whole = M & ~3;
  if (m < whole) return 4;
  return (M & 2) !== 0 && m < whole + 2 ? 2 : 1;
}

/** First token of the group that token m is in. */
// @ts-ignore: decorator
@inline
function groupStart(m: i32, M: i32): i32 {
  const whole = M & ~3;
  if (m < whole) return m & ~3;
  return (M & 2) !== 0 && m < whole + 2 ? whole : m;
}

// @ts-ignore: decorator
@inline
function largest(at: usize): f32 {
  let top = f32x4.splat(0);
  for (let i = 0; i < 8; i++) top = f32x4.max(top, f32x4.abs(v128.load(at + (<usize>i << 4))));
  return max(
    max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)),
    max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)),
  );
}

// @ts-ignore: decorator
@inline
function levels(x: usize, inverse: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x), inverse)));
}

/** 16 f32 as signed bytes. */
// @ts-ignore: decorator
@inline
function bytes16(x: usize, inverse: v128): v128 {
  return i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(levels(x, inverse), levels(x + 16, inverse)),
    i16x8.narrow_i32x4_s(levels(x + 32, inverse), levels(x + 48, inverse)),
  );
}

// @ts-ignore: decorator
@inline
function sumBytes(v: v128): i32 {
  const s = i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(v));
  return (
    i32x4.extract_lane(s, 0) + i32x4.extract_lane(s, 1) + i32x4.extract_lane(s, 2) + i32x4.extract_lane(s, 3)
  );
}

/** Scale of an `rmsNorm` of the row at x; 0 where there is no norm. */
// @ts-ignore: decorator
@inline
function normScale(p: usize, x: usize): f32 {
  return load<usize>(p, 20) ? rmsScale(x, load<i32>(p, 16) << 5, load<f32>(p, 24)) : 0;
}

/** Address of the 32 elements at x: as they are, or normed into `buffer` by the arithmetic of `rmsNorm`. */
// @ts-ignore: decorator
@inline
function normed(p: usize, x: usize, block: i32, norm: f32, buffer: usize): usize {
  const weights = load<usize>(p, 20);
  if (!weights) return x;
  const scale = f32x4.splat(norm);
  const offset = f32x4.splat(load<f32>(p, 28));
  const w = weights + (<usize>block << 7);
  for (let at: usize = 0; at < 128; at += 16) {
    const n = f32x4.mul(v128.load(x + at), scale);
    v128.store(buffer + at, f32x4.mul(n, f32x4.add(v128.load(w + at), offset)));
  }
  return buffer;
}

export function quantize8(p: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(p, 12);
  const blocks = load<i32>(p, 16);
  for (let m = begin; m < end; m++) {
    const start = groupStart(m, M);
    const size = groupSize(m, M);
    let out = load<usize>(p, 0) + ((<usize>start * blocks + (m - start)) << 6);
    let row = load<usize>(p, 4) + <usize>m * load<usize>(p, 8);
    const norm = normScale(p, row);
    for (let block = 0; block < blocks; block++) {
      const x = normed(p, row, block, norm, scratch);
      const scale = largest(x) / 127;
      const inverse = f32x4.splat(scale === 0 ? 0 : 1 / scale);
      // |x|·(127 / largest) rounds to at most 127, so narrowing never saturates.
      const first = bytes16(x, inverse);
      const second = bytes16(x + 64, inverse);
      v128.store(out, first);
      v128.store(out, second, 16);
      const firstSum = sumBytes(first);
      const secondSum = sumBytes(second);
      store<f32>(out, scale, 32);
      store<i32>(out, firstSum + secondSum, 36);
      store<i32>(out, 0, 40);
      store<f32>(out, scale * <f32>(firstSum + secondSum), 44);
      store<i32>(out, firstSum, 48);
      store<i32>(out, secondSum, 52);
      out += <usize>size << 6;
      row += 128;
    }
  }
}

export function quantize16(p: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(p, 12);
  const blocks = load<i32>(p, 16);
  for (let m = begin; m < end; m++) {
    const start = groupStart(m, M);
    const size = groupSize(m, M);
    let out = load<usize>(p, 0) + (<usize>start * blocks + (m - start)) * 80;
    let row = load<usize>(p, 4) + <usize>m * load<usize>(p, 8);
    const norm = normScale(p, row);
    for (let block = 0; block < blocks; block++) {
      const x = normed(p, row, block, norm, scratch);
      const scale = largest(x) / 32767;
      const inverse = f32x4.splat(scale === 0 ? 0 : 1 / scale);
      for (let i = 0; i < 4; i++) {
        const a = f32x4.nearest(f32x4.mul(v128.load(x + (<usize>i << 5)), inverse));
        const b = f32x4.nearest(f32x4.mul(v128.load(x + (<usize>i << 5), 16), inverse));
        v128.store(out + (<usize>i << 4), i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b)));
      }
      store<f32>(out, scale, 64);
      out += <usize>size * 80;
      row += 128;
    }
  }
}

const Q4_0: i32 = 0;
const Q4_1: i32 = 1;
const Q4_K: i32 = 2;
const Q6_K: i32 = 3;
const Q8_0: i32 = 4;

// @ts-ignore: decorator
@inline
function tile(format: i32, size: i32, w: usize, blocks: i32, x: usize, sums: usize): void {
  if (format === Q4_0) {
    if (size === 4) q4_0x4(w, blocks, x, sums);
    else if (size === 2) q4_0x2(w, blocks, x, sums);
    else q4_0x1(w, blocks, x, sums);
  } else if (format === Q4_1) {
    if (size === 4) q4_1x4(w, blocks, x, sums);
    else if (size === 2) q4_1x2(w, blocks, x, sums);
    else q4_1x1(w, blocks, x, sums);
  } else if (format === Q4_K) {
    if (size === 4) q4_Kx4(w, blocks, x, sums);
    else if (size === 2) q4_Kx2(w, blocks, x, sums);
    else q4_Kx1(w, blocks, x, sums);
  } else if (format === Q6_K) {
    if (size === 4) q6_Kx4(w, blocks, x, sums);
    else if (size === 2) q6_Kx2(w, blocks, x, sums);
    else q6_Kx1(w, blocks, x, sums);
  } else {
    if (size === 4) q8_0x4(w, blocks, x, sums);
    else if (size === 2) q8_0x2(w, blocks, x, sums);
    else q8_0x1(w, blocks, x, sums);
  }
}

// Parameters of the products: 0 packed x   1 out   2 out row stride (bytes)   3 residual (0: none)   4 residual row stride
// (bytes)   5 M   6 blocks   7 record bytes   8 activation code (gatedPanels), then per matrix from word 16 on, eight words
// each: 0 w   1 panel bytes   2 units up to its end   3 N   4 rows of its first panel before row 0   5 format   6 bytes from
// out's rows to its first column   7 bias (0: none). Unit = one panel.

const MATRICES: usize = 64;
const MATRIX: usize = 32;

/** The products of one panel with the tokens from m on, `size` of them: 8 sums per token in `sums`. */
// @ts-ignore: decorator
@inline
function multiply(p: usize, matrix: usize, panel: i32, m: i32, size: i32, sums: usize): void {
  const blocks = load<i32>(p, 24);
  const x = load<usize>(p, 0) + <usize>m * blocks * load<usize>(p, 28);
  tile(load<i32>(matrix, 20), size, load<usize>(matrix) + <usize>panel * load<usize>(matrix, 4), blocks, x, sums);
}

/** Rows first … stop − 1 of a panel's 8 sums, plus bias and residual of the same rows (0: none), to `out`. */
// @ts-ignore: decorator
@inline
function finish(sums: usize, out: usize, bias: usize, residual: usize, first: i32, stop: i32): void {
  if (stop - first === 8) {
    for (let at: usize = 0; at < 32; at += 16) {
      let v = v128.load(sums + at);
      if (bias) v = f32x4.add(v, v128.load(bias + at));
      if (residual) v = f32x4.add(v128.load(residual + at), v);
      v128.store(out + at, v);
    }
    return;
  }
  for (let r = first; r < stop; r++) {
    const at = <usize>r << 2;
    let v = load<f32>(sums + at);
    if (bias) v += load<f32>(bias + at);
    if (residual) v += load<f32>(residual + at);
    store<f32>(out + at, v);
  }
}

/** out = residual + x·wᵀ + bias of each of the matrices, side by side. */
export function quantMatmul(p: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(p, 20);
  const residual = load<usize>(p, 12);
  let matrix = p + MATRICES;
  let before = 0;
  for (let unit = begin; unit < end; unit++) {
    while (unit >= load<i32>(matrix, 8)) {
      before = load<i32>(matrix, 8);
      matrix += MATRIX;
    }
    const panel = unit - before;
    const n0 = (panel << 3) - load<i32>(matrix, 16);
    const column = load<usize>(matrix, 24) + (<usize>n0 << 2);
    const bias = load<usize>(matrix, 28);
    for (let m = 0; m < M; ) {
      const size = groupSize(m, M);
      multiply(p, matrix, panel, m, size, scratch);
      for (let t = 0; t < size; t++)
        finish(
          scratch + (<usize>t << 5),
          load<usize>(p, 4) + <usize>(m + t) * load<usize>(p, 8) + column,
          bias ? bias + (<usize>n0 << 2) : 0,
          residual ? residual + <usize>(m + t) * load<usize>(p, 16) + column : 0,
          max(0, -n0),
          min(8, load<i32>(matrix, 12) - n0),
        );
      m += size;
    }
  }
}

/** out = activation(x·gateᵀ)·(x·upᵀ); gate and up are the two matrices, each from the first row of a panel on. */
export function gatedPanels(p: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(p, 20);
  const code = load<i32>(p, 32);
  const gate = p + MATRICES;
  const up = gate + MATRIX;
  const other = scratch + 128;
  for (let panel = begin; panel < end; panel++) {
    const stop = min(8, load<i32>(gate, 12) - (panel << 3));
    for (let m = 0; m < M; ) {
      const size = groupSize(m, M);
      multiply(p, gate, panel, m, size, scratch);
      multiply(p, up, panel, m, size, other);
      for (let at: usize = 0; at < <usize>size << 5; at += 16)
        v128.store(scratch + at, f32x4.mul(activation4(code, v128.load(scratch + at)), v128.load(other + at)));
      for (let t = 0; t < size; t++) {
        const out = load<usize>(p, 4) + <usize>(m + t) * load<usize>(p, 8) + (<usize>panel << 5);
        finish(scratch + (<usize>t << 5), out, 0, 0, 0, stop);
      }
      m += size;
    }
  }
}
