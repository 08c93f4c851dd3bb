import { activation4 } from "./elementwise";
import { rmsScale } from "./row-reductions";
import { hasDigits, spread, spreadTile, tile, twinTile } from "./generated/quant-tiles";

// Weights: panels of 8 rows (the last padded with zeros), each a run of blocks of 32 k; scripts/wasm/quant/panel-formats.ts
// describes every format's.
//
// Activations: groups of 4 tokens (then 2, then 1), in each [block][token] records:
//   8 bits, 64 bytes: 32 s8, f32 scale, i32 Σ of 32, 0, f32 scale·Σ, i32 Σ of either 16, f32 scale·Σ of either 16
//   16 bits, 80 bytes: 32 s16, f32 scale, 0, 0, 0
//
// Parameters of the quantisers: 0 out   1 x   2 x row stride (bytes)   3 M   4 blocks   5 norm weight (0: none)
// 6 eps (f32)   7 added to the norm weight (f32). Unit = one token.

/** All bits of a float but its sign, × 4 */
const MAGNITUDE: usize = memory.data<u32>([0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff], 16);
/** 1.5·2²³ × 4 */
const MAGIC: usize = memory.data<u32>([0x4b400000, 0x4b400000, 0x4b400000, 0x4b400000], 16);

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

/** Largest |x| of 32, NaN if any is. Without their signs floats are in the order of their bits, NaN above all. */
// @ts-ignore: decorator
@inline
function largest(at: usize): f32 {
  const bits = v128.load(MAGNITUDE);
  let top = v128.and(v128.load(at), bits);
  top = i32x4.max_s(top, v128.and(v128.load(at, 16), bits));
  top = i32x4.max_s(top, v128.and(v128.load(at, 32), bits));
  top = i32x4.max_s(top, v128.and(v128.load(at, 48), bits));
  top = i32x4.max_s(top, v128.and(v128.load(at, 64), bits));
  top = i32x4.max_s(top, v128.and(v128.load(at, 80), bits));
  top = i32x4.max_s(top, v128.and(v128.load(at, 96), bits));
  top = i32x4.max_s(top, v128.and(v128.load(at, 112), bits));
  top = i32x4.max_s(top, i8x16.shuffle(top, top, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  top = i32x4.max_s(top, i8x16.shuffle(top, top, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  return f32x4.extract_lane(top, 0);
}

/** x·inverse to the nearest integer, ties to even: where 1.5·2²³ is added an ulp is 1, and the bits count in ones. */
// @ts-ignore: decorator
@inline
function levels(x: usize, inverse: v128): v128 {
  const magic = v128.load(MAGIC);
  return i32x4.sub(f32x4.add(f32x4.mul(v128.load(x), inverse), magic), magic);
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
      store<f32>(out, scale * <f32>firstSum, 56);
      store<f32>(out, scale * <f32>secondSum, 60);
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
        const at = x + (<usize>i << 5);
        v128.store(out + (<usize>i << 4), i16x8.narrow_i32x4_s(levels(at, inverse), levels(at + 16, inverse)));
      }
      store<f32>(out, scale, 64);
      out += <usize>size * 80;
      row += 128;
    }
  }
}

// Parameters of the products: 0 packed x   1 out   2 out row stride (bytes)   3 residual (0: none)   4 residual row stride
// (bytes)   5 M   6 blocks   7 record bytes   8 activation code (gatedPanels)   9 whether two panels are taken at a time, then
// per matrix from word 16 on, eight words each: 0 w   1 panel bytes   2 units up to its end   3 N   4 rows of its first panel before row 0   5 format   6 bytes from
// out's rows to its first column   7 bias (0: none). Unit = one panel.

const MATRICES: usize = 64;
const MATRIX: usize = 32;

/** Blocks of 32 k per pass over the tokens: the weights of a pass stay in the first-level cache. K-quants need eights, also of
 * the half that two panels take. */
const PASS: i32 = 80;
/** Tokens whose sums are in scratch at a time; a multiple of four. */
const TOKENS: i32 = 4096;

/** Zeros for the sums of tokens m0 … m1 − 1. Not memory.fill, a call that takes as long as a tenth of a small panel. */
// @ts-ignore: decorator
@inline
function clear(sums: usize, m0: i32, m1: i32): void {
  for (let at = sums, end = sums + (<usize>(m1 - m0) << 5); at < end; at += 32) {
    v128.store(at, f32x4.splat(0));
    v128.store(at, f32x4.splat(0), 16);
  }
}

/** Address of block k of a panel. */
// @ts-ignore: decorator
@inline
function blockAt(p: usize, matrix: usize, panel: i32, k: i32): usize {
  const panelBytes = load<usize>(matrix, 4);
  return load<usize>(matrix) + <usize>panel * panelBytes + (<usize>k * panelBytes) / load<usize>(p, 24);
}

/** Blocks per pass whose digits are looked up before: 16 KB of them. */
const SPREAD: i32 = 32;

/** Whether digits are looked up before they are multiplied: for two tiles or more. */
// @ts-ignore: decorator
@inline
function spreads(format: i32, M: i32): bool {
  return ASC_FEATURE_RELAXED_SIMD && M >= 8 && hasDigits(format);
}

/** As `multiply`, with digits looked up once for all tiles of a pass; `room` is for them. */
function multiplySpread(p: usize, matrix: usize, panel: i32, m0: i32, m1: i32, sums: usize, room: usize): void {
  const M = load<i32>(p, 20);
  const blocks = load<i32>(p, 24);
  const format = load<i32>(matrix, 20);
  clear(sums, m0, m1);
  for (let k = 0; k < blocks; k += SPREAD) {
    const from = blockAt(p, matrix, panel, k);
    const count = min(SPREAD, blocks - k);
    spread(format, from, count, room);
    for (let m = m0; m < m1; ) {
      const size = groupSize(m, M);
      const x = load<usize>(p) + (<usize>m * blocks + <usize>k * size) * load<usize>(p, 28);
      const at = sums + (<usize>(m - m0) << 5);
      if (size === 4) spreadTile(format, from, room, count, x, at);
      else tile(format, size, from, count, x, at);
      m += size;
    }
  }
}

/** The products of one panel with tokens m0 … m1 − 1 over all of K, 8 sums per token in `sums`. */
// @ts-ignore: decorator
@inline
function multiply(p: usize, matrix: usize, panel: i32, m0: i32, m1: i32, sums: usize, room: usize): void {
  const M = load<i32>(p, 20);
  if (spreads(load<i32>(matrix, 20), M)) return multiplySpread(p, matrix, panel, m0, m1, sums, room);
  const blocks = load<i32>(p, 24);
  clear(sums, m0, m1);
  for (let k = 0; k < blocks; k += PASS) {
    const from = blockAt(p, matrix, panel, k);
    for (let m = m0; m < m1; ) {
      const size = groupSize(m, M);
      const x = load<usize>(p) + (<usize>m * blocks + <usize>k * size) * load<usize>(p, 28);
      tile(load<i32>(matrix, 20), size, from, min(PASS, blocks - k), x, sums + (<usize>(m - m0) << 5));
      m += size;
    }
  }
}

/** As `multiply`, for two panels of one format that share what is read of the activations. */
// @ts-ignore: decorator
@inline
function multiplyTwins(p: usize, a: usize, panelA: i32, b: usize, panelB: i32, m0: i32, m1: i32, sums: usize, sums2: usize): void {
  const M = load<i32>(p, 20);
  const blocks = load<i32>(p, 24);
  const format = load<i32>(a, 20);
  clear(sums, m0, m1);
  clear(sums2, m0, m1);
  for (let k = 0; k < blocks; k += PASS / 2) {
    const from = blockAt(p, a, panelA, k);
    const from2 = blockAt(p, b, panelB, k);
    const count = min(PASS / 2, blocks - k);
    for (let m = m0; m < m1; ) {
      const size = groupSize(m, M);
      const x = load<usize>(p) + (<usize>m * blocks + <usize>k * size) * load<usize>(p, 28);
      const at = <usize>(m - m0) << 5;
      if (size === 2) {
        tile(format, 2, from, count, x, sums + at);
        tile(format, 2, from2, count, x, sums2 + at);
      } else twinTile(format, size, from, from2, count, x, sums + at, sums2 + at);
      m += size;
    }
  }
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

/** A panel's sums of tokens m0 … m1 − 1 to where they go. */
// @ts-ignore: decorator
@inline
function finishPanel(p: usize, matrix: usize, panel: i32, m0: i32, m1: i32, sums: usize): void {
  const n0 = (panel << 3) - load<i32>(matrix, 16);
  const column = load<usize>(matrix, 24) + (<usize>n0 << 2);
  const bias = load<usize>(matrix, 28);
  const residual = load<usize>(p, 12);
  for (let m = m0; m < m1; m++)
    finish(
      sums + (<usize>(m - m0) << 5),
      load<usize>(p, 4) + <usize>m * load<usize>(p, 8) + column,
      bias ? bias + (<usize>n0 << 2) : 0,
      residual ? residual + <usize>m * load<usize>(p, 16) + column : 0,
      max(0, -n0),
      min(8, load<i32>(matrix, 12) - n0),
    );
}

/** out = residual + x·wᵀ + bias of each of the matrices, side by side. */
export function quantMatmul(p: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(p, 20);
  const twins = load<i32>(p, 36) !== 0;
  const other = scratch + (<usize>TOKENS << 5);
  const room = other + (<usize>TOKENS << 5);
  let matrix = p + MATRICES;
  let before = 0;
  for (let unit = begin; unit < end; unit++) {
    while (unit >= load<i32>(matrix, 8)) {
      before = load<i32>(matrix, 8);
      matrix += MATRIX;
    }
    const panel = unit - before;
    const pair = twins && unit + 1 < min(end, load<i32>(matrix, 8)) && !spreads(load<i32>(matrix, 20), M);
    for (let m0 = 0; m0 < M; m0 += TOKENS) {
      const m1 = min(M, m0 + TOKENS);
      if (pair) {
        multiplyTwins(p, matrix, panel, matrix, panel + 1, m0, m1, scratch, other);
        finishPanel(p, matrix, panel + 1, m0, m1, other);
      } else multiply(p, matrix, panel, m0, m1, scratch, room);
      finishPanel(p, matrix, panel, m0, m1, scratch);
    }
    if (pair) unit++;
  }
}

/** out = activation(x·gateᵀ)·(x·upᵀ); gate and up are the two matrices, each from the first row of a panel on. */
export function gatedPanels(p: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(p, 20);
  const code = load<i32>(p, 32);
  const gate = p + MATRICES;
  const up = gate + MATRIX;
  const format = load<i32>(gate, 20);
  const twins = load<i32>(p, 36) !== 0 && format === load<i32>(up, 20) && !spreads(format, M);
  const other = scratch + (<usize>TOKENS << 5);
  const room = other + (<usize>TOKENS << 5);
  for (let panel = begin; panel < end; panel++) {
    const stop = min(8, load<i32>(gate, 12) - (panel << 3));
    for (let m0 = 0; m0 < M; m0 += TOKENS) {
      const m1 = min(M, m0 + TOKENS);
      if (twins) multiplyTwins(p, gate, panel, up, panel, m0, m1, scratch, other);
      else {
        multiply(p, gate, panel, m0, m1, scratch, room);
        multiply(p, up, panel, m0, m1, other, room);
      }
      for (let m = m0; m < m1; m++) {
        const g = scratch + (<usize>(m - m0) << 5);
        const u = other + (<usize>(m - m0) << 5);
        for (let at: usize = 0; at < 32; at += 16)
          v128.store(g + at, f32x4.mul(activation4(code, v128.load(g + at)), v128.load(u + at)));
        const out = load<usize>(p, 4) + <usize>m * load<usize>(p, 8) + (<usize>panel << 5);
        finish(g, out, 0, 0, 0, stop);
      }
    }
  }
}
