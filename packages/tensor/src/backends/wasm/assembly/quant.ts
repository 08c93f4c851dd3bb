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

/** Parameters: 0 out   1 x   2 x row stride (bytes)   3 M   4 blocks. Unit = one token. */
export function quantize8(p: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(p, 12);
  const blocks = load<i32>(p, 16);
  for (let m = begin; m < end; m++) {
    const start = groupStart(m, M);
    const size = groupSize(m, M);
    let out = load<usize>(p, 0) + ((<usize>start * blocks + (m - start)) << 6);
    let x = load<usize>(p, 4) + <usize>m * load<usize>(p, 8);
    for (let block = 0; block < blocks; block++) {
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
      x += 128;
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
    let x = load<usize>(p, 4) + <usize>m * load<usize>(p, 8);
    for (let block = 0; block < blocks; block++) {
      const scale = largest(x) / 32767;
      const inverse = f32x4.splat(scale === 0 ? 0 : 1 / scale);
      for (let i = 0; i < 4; i++) {
        const a = f32x4.nearest(f32x4.mul(v128.load(x + (<usize>i << 5)), inverse));
        const b = f32x4.nearest(f32x4.mul(v128.load(x + (<usize>i << 5), 16), inverse));
        v128.store(out + (<usize>i << 4), i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b)));
      }
      store<f32>(out, scale, 64);
      out += <usize>size * 80;
      x += 128;
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

/**
 * Parameters: 0 packed x   1 w   2 panel bytes   3 out   4 out row stride (bytes)   5 bias   6 M   7 N   8 blocks
 * 9 format   10 record bytes   11 rows of the first panel before row 0. Unit = one panel.
 */
export function quantMatmul(p: usize, begin: i32, end: i32, scratch: usize): void {
  const panelBytes = load<usize>(p, 8);
  const bias = load<usize>(p, 20);
  const M = load<i32>(p, 24);
  const N = load<i32>(p, 28);
  const blocks = load<i32>(p, 32);
  const format = load<i32>(p, 36);
  const record = load<usize>(p, 40);
  for (let panel = begin; panel < end; panel++) {
    const n0 = (panel << 3) - load<i32>(p, 44);
    const first = max(0, -n0);
    const stop = min(8, N - n0);
    const w = load<usize>(p, 4) + <usize>panel * panelBytes;
    let m = 0;
    while (m < M) {
      const size = groupSize(m, M);
      tile(format, size, w, blocks, load<usize>(p, 0) + <usize>m * blocks * record, scratch);
      for (let t = 0; t < size; t++) {
        const sums = scratch + (<usize>t << 5);
        const out = load<usize>(p, 12) + <usize>(m + t) * load<usize>(p, 16);
        for (let r = first; r < stop; r++) {
          const at = <usize>(n0 + r) << 2;
          const sum = load<f32>(sums + (<usize>r << 2));
          store<f32>(out + at, bias ? sum + load<f32>(bias + at) : sum);
        }
      }
      m += size;
    }
  }
}
