import {
  CHUNK, closeUnit, HEADER, HIGHEST, KV_HEAD, LOWEST, openUnit, pageOf, QUERY, RECORD, ROWS, UNIT, weigh,
} from "./attention-rows";
import { mixRun, swapWeights, WEIGHTS, WEIGHT_SCALE } from "./int8-mix";
import { maxLanes, storePart } from "./lanes";

// Attention over keys and values of 8 bits, each row of a head with one scale. Parameters and units: attention-rows.ts.
//
// Queries and softmax weights become 16 bits (a row's, and a chunk's of a row, with a scale of its own), so that both
// products are sums of i16 × i8 in i32: exact, and the same for any tile. |Σ| of a lane is at most 32767 · 127 · D / 4,
// below 2³¹ for D ≤ 2048. Rows of queries are padded with zeros to whole vectors, those of the mix to 16 lanes.

/** 8 f32 as i16 levels. */
// @ts-ignore: decorator
@inline
function levels8(x: usize, inverse: v128): v128 {
  const a = f32x4.nearest(f32x4.mul(v128.load(x), inverse));
  const b = f32x4.nearest(f32x4.mul(v128.load(x, 16), inverse));
  return i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b));
}

// @ts-ignore: decorator
@inline
function inverseOf(scale: f32): v128 {
  return f32x4.splat(scale === 0 ? 0 : 1 / scale);
}

/** q [D] f32 → D8 i16 at `out`, by way of `copy` for the padding. Returns the scale. */
function quantiseQuery(q: usize, D: i32, out: usize, copy: usize): f32 {
  const padded = (D + 7) & ~7;
  v128.store(copy + (<usize>(padded - 8) << 2), f32x4.splat(0));
  v128.store(copy + (<usize>(padded - 8) << 2), f32x4.splat(0), 16);
  memory.copy(copy, q, <usize>D << 2);
  let top = f32x4.splat(0);
  for (let d = 0; d < padded; d += 4) top = f32x4.max(top, f32x4.abs(v128.load(copy + (<usize>d << 2))));
  const scale = maxLanes(top) / 32767;
  const inverse = inverseOf(scale);
  for (let d = 0; d < padded; d += 8) v128.store(out + (<usize>d << 1), levels8(copy + (<usize>d << 2), inverse));
  return scale;
}

/** Lane sums of four accumulators, as f32: lane j is (l0 + l2) + (l1 + l3) of accumulator j. */
// @ts-ignore: decorator
@inline
function columns(a: v128, b: v128, c: v128, d: v128): v128 {
  const fa = f32x4.convert_i32x4_s(a);
  const fb = f32x4.convert_i32x4_s(b);
  const fc = f32x4.convert_i32x4_s(c);
  const fd = f32x4.convert_i32x4_s(d);
  const ab = f32x4.add(v128.shuffle<f32>(fa, fb, 0, 4, 1, 5), v128.shuffle<f32>(fa, fb, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(fc, fd, 0, 4, 1, 5), v128.shuffle<f32>(fc, fd, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

// @ts-ignore: decorator
@inline
function storeScores(at: usize, v: v128, n: i32): void {
  if (n === 4) v128.store(at, v);
  else storePart(at, v, n);
}

/** sums + 32 products of i16 levels at x with i8 levels at k. */
// @ts-ignore: decorator
@inline
function dot32(sums: v128, x: usize, k: usize): v128 {
  let sum = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load8x8_s(k), v128.load(x)));
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load8x8_s(k, 8), v128.load(x, 16)));
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load8x8_s(k, 16), v128.load(x, 32)));
  return i32x4.add(sum, i32x4.dot_i16x8_s(v128.load8x8_s(k, 24), v128.load(x, 48)));
}

/** Scores of all rows with `count` keys that follow one another. */
function scoreRun(
  p: usize, rows: i32, queries: usize, queryScales: usize, scores: usize, keys: usize, scales: usize, count: i32,
): void {
  const step = load<usize>(p, 96);
  const width = (<usize>((load<i32>(p, 48) + 7) & ~7)) << 1;
  for (let i = 0; i < count; i += 4) {
    const n = min(4, count - i);
    const k0 = keys + <usize>i * step;
    const k1 = n > 1 ? k0 + step : k0;
    const k2 = n > 2 ? k1 + step : k0;
    const k3 = n > 3 ? k2 + step : k0;
    const keyScales = v128.load(scales + (<usize>i << 2));
    let r = 0;
    for (; r + 2 <= rows; r += 2) {
      const q = queries + <usize>r * width;
      let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
      let b0 = i32x4.splat(0), b1 = i32x4.splat(0), b2 = i32x4.splat(0), b3 = i32x4.splat(0);
      for (let d: usize = 0; d < width; d += 16) {
        const x = v128.load(q + d);
        const y = v128.load(q + width + d);
        const at = d >> 1;
        let key = v128.load8x8_s(k0 + at);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(key, x));
        b0 = i32x4.add(b0, i32x4.dot_i16x8_s(key, y));
        key = v128.load8x8_s(k1 + at);
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(key, x));
        b1 = i32x4.add(b1, i32x4.dot_i16x8_s(key, y));
        key = v128.load8x8_s(k2 + at);
        a2 = i32x4.add(a2, i32x4.dot_i16x8_s(key, x));
        b2 = i32x4.add(b2, i32x4.dot_i16x8_s(key, y));
        key = v128.load8x8_s(k3 + at);
        a3 = i32x4.add(a3, i32x4.dot_i16x8_s(key, x));
        b3 = i32x4.add(b3, i32x4.dot_i16x8_s(key, y));
      }
      const at = scores + <usize>r * (CHUNK << 2) + (<usize>i << 2);
      const first = f32x4.mul(keyScales, v128.load32_splat(queryScales + (<usize>r << 2)));
      const second = f32x4.mul(keyScales, v128.load32_splat(queryScales + (<usize>r << 2), 4));
      storeScores(at, f32x4.mul(columns(a0, a1, a2, a3), first), n);
      storeScores(at + (CHUNK << 2), f32x4.mul(columns(b0, b1, b2, b3), second), n);
    }
    if (r < rows) {
      let x = queries + <usize>r * width;
      let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
      let d: usize = 0;
      for (; d + 32 <= width >> 1; d += 32) {
        a0 = dot32(a0, x, k0 + d);
        a1 = dot32(a1, x, k1 + d);
        a2 = dot32(a2, x, k2 + d);
        a3 = dot32(a3, x, k3 + d);
        x += 64;
      }
      for (; d < width >> 1; d += 8) {
        const q = v128.load(x);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load8x8_s(k0 + d), q));
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load8x8_s(k1 + d), q));
        a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load8x8_s(k2 + d), q));
        a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load8x8_s(k3 + d), q));
        x += 16;
      }
      const scale = f32x4.mul(keyScales, v128.load32_splat(queryScales + (<usize>r << 2)));
      const at = scores + <usize>r * (CHUNK << 2) + (<usize>i << 2);
      storeScores(at, f32x4.mul(columns(a0, a1, a2, a3), scale), n);
    }
  }
}

/** Weights × the scales of `count` values. A hidden slot's scale may be anything. */
// @ts-ignore: decorator
@inline
function scaleWeights(rows: i32, scores: usize, scales: usize, count: i32): void {
  for (let r = 0; r < rows; r++) {
    const row = scores + <usize>r * (CHUNK << 2);
    for (let i: usize = 0; i < <usize>count << 2; i += 4) {
      const weight = load<f32>(row + i);
      if (weight !== 0) store<f32>(row + i, weight * load<f32>(scales + i));
    }
  }
}

/** A chunk's weights as i16 with a scale. */
// @ts-ignore: decorator
@inline
function quantiseWeights(row: usize, out: usize): void {
  let top = f32x4.splat(0);
  for (let i: usize = 0; i < <usize>CHUNK << 2; i += 16) top = f32x4.max(top, f32x4.abs(v128.load(row + i)));
  const scale = maxLanes(top) / 32767;
  const inverse = inverseOf(scale);
  for (let i: usize = 0; i < <usize>CHUNK << 2; i += 32) v128.store(out + (i >> 1), levels8(row + i, inverse));
  store<f32>(out, scale, WEIGHT_SCALE);
}

export function attentionInt8(p: usize, begin: i32, end: i32, scratch: usize): void {
  const P = load<i32>(p, 44);
  const D = load<i32>(p, 48);
  const queryWidth = (<usize>((D + 7) & ~7)) << 1;
  const width = (<usize>((load<i32>(p, 52) + 15) & ~15)) << 2;
  const records = scratch + UNIT;
  const scores = scratch + HEADER;
  const weights = scores + 6 * (CHUNK << 2);
  const queryScales = weights + 6 * WEIGHTS;
  const kept = queryScales + 32;
  const queries = kept + 16;
  const copy = queries + 6 * queryWidth;
  const mixed = copy + (queryWidth << 1);
  for (let unit = begin; unit < end; unit++) {
    openUnit(p, unit, scratch);
    const rows = load<i32>(scratch, ROWS);
    const lowest = load<i32>(scratch, LOWEST);
    const highest = load<i32>(scratch, HIGHEST);
    const kv = load<usize>(scratch, KV_HEAD);
    for (let r = 0; r < rows; r++) {
      const q = load<usize>(records + <usize>r * RECORD, QUERY);
      store<f32>(queryScales + (<usize>r << 2), quantiseQuery(q, D, queries + <usize>r * queryWidth, copy));
    }
    memory.fill(mixed, 0, <usize>rows * width);
    for (let chunk = lowest & ~(CHUNK - 1); chunk < highest; chunk += CHUNK) {
      const from = max(chunk, lowest);
      const to = min(chunk + CHUNK, highest);
      // What is not written below is hidden from every row; it must only be finite.
      memory.fill(scores, 0, <usize>rows * (CHUNK << 2));
      for (let s = from; s < to; ) {
        const inPage = s % P;
        const count = min(to - s, P - inPage);
        const page = pageOf(p, scratch, s);
        const key = load<usize>(p, 8) + page * load<usize>(p, 88) + kv * load<usize>(p, 92) + <usize>inPage * load<usize>(p, 96);
        const scale = load<usize>(p, 136) + page * load<usize>(p, 140) + kv * load<usize>(p, 144) + (<usize>inPage << 2);
        scoreRun(p, rows, queries, queryScales, scores + (<usize>(s - chunk) << 2), key, scale, count);
        s += count;
      }
      for (let r = 0; r < rows; r++)
        weigh(p, records + <usize>r * RECORD, scores + <usize>r * (CHUNK << 2), mixed + <usize>r * width, chunk);
      for (let s = from; s < to; ) {
        const inPage = s % P;
        const count = min(to - s, P - inPage);
        const page = pageOf(p, scratch, s);
        const scale = load<usize>(p, 148) + page * load<usize>(p, 152) + kv * load<usize>(p, 156) + (<usize>inPage << 2);
        scaleWeights(rows, scores + (<usize>(s - chunk) << 2), scale, count);
        s += count;
      }
      for (let r = 0; r < rows; r++) quantiseWeights(scores + <usize>r * (CHUNK << 2), weights + <usize>r * WEIGHTS);
      for (let s = from; s < to; ) {
        const inPage = s % P;
        const count = min(to - s, P - inPage);
        const value =
          load<usize>(p, 12) + pageOf(p, scratch, s) * load<usize>(p, 100) + kv * load<usize>(p, 104) + <usize>inPage * load<usize>(p, 108);
        const behind = weights + (<usize>(s - chunk + count) << 1);
        const odd = (count & 1) !== 0;
        if (odd) {
          v128.store(kept, i32x4.splat(0));
          swapWeights(rows, behind, kept);
        }
        mixRun(p, rows, weights, s - chunk, mixed, width, value, count);
        if (odd) swapWeights(rows, behind, kept);
        s += count;
      }
    }
    closeUnit(p, scratch, mixed, width);
  }
}
