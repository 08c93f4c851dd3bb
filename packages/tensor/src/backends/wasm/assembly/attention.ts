import {
  CHUNK, closeUnit, HEADER, HIGHEST, KV_HEAD, LIMIT, LOWEST, openUnit, pageOf, QUERY, RECORD, ROWS, START, UNIT, weigh,
} from "./attention-rows";
import { f16Lanes, halfGrowth, isHalf, loadElement, storedElement, sumLanes, sumLanes4 } from "./lanes";
import {
  mix1x1, mix1x8, mix2x2, mix3x2, mix4x2, mix5x2, mix6x2, scoreRow1Bf16, scoreRow1F32, scoreRow1StoredF16, scoreRow4Bf16, scoreRow4F32,
  scoreRow4StoredF16, score2x2, score3x2, score4x2, score5x2, score6x2,
} from "./generated/dot-tiles";

// Attention over keys and values that are stored as floats. Parameters and units: attention-rows.ts.
//
// Widened as they are everywhere, halves would take eight operations for four of them, as many as the rest of a row. So
// they are taken as 2⁻¹¹² of what they are (two operations), by queries and weights that are 2¹¹² as large: each product is
// the same, to the last bit. What may hold infinities or NaN, or has queries too large for it, is widened in scratch first.

/** Bytes of scratch for rows of halves that are widened. */
const WIDE: i32 = 131072;

// @ts-ignore: decorator
@inline
function tail<T>(sum: f32, q: usize, k: usize, D: i32): f32 {
  for (let d = D & ~3; d < D; d++) sum += load<f32>(q + (<usize>d << 2)) * loadElement<T>(k + <usize>d * sizeof<T>());
  return sum;
}

// @ts-ignore: decorator
@inline
function row4<T>(q: usize, vectors: i32, k: usize, step: usize, sums: usize): void {
  if (isFloat<T>()) scoreRow4F32(q, vectors, k, step, sums);
  else if (isSigned<T>()) scoreRow4StoredF16(q, vectors, k, step, sums);
  else scoreRow4Bf16(q, vectors, k, step, sums);
}

// @ts-ignore: decorator
@inline
function row1<T>(q: usize, vectors: i32, k: usize, sums: usize): void {
  if (isFloat<T>()) scoreRow1F32(q, vectors, k, 0, sums);
  else if (isSigned<T>()) scoreRow1StoredF16(q, vectors, k, 0, sums);
  else scoreRow1Bf16(q, vectors, k, 0, sums);
}

/** Sums of two and more rows with two keys, `step` apart; their queries are packed [D/4][rows][4]. */
// @ts-ignore: decorator
@inline
function scorePair<T>(rows: i32, packed: usize, end: usize, key: usize, step: usize, sums: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (rows === 6) return score6x2<T>(packed, end, key, step, sums);
    if (rows === 5) return score5x2<T>(packed, end, key, step, sums);
  }
  if (rows === 4) return score4x2<T>(packed, end, key, step, sums);
  if (rows === 3) return score3x2<T>(packed, end, key, step, sums);
  score2x2<T>(packed, end, key, step, sums);
}

/** Values of some keys for two and more rows: those from `weights` to `end` are the first row's. */
// @ts-ignore: decorator
@inline
function mixPair<T>(rows: i32, weights: usize, end: usize, v: usize, step: usize, out: usize, width: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (rows === 6) return mix6x2<T>(weights, CHUNK << 2, end, v, step, out, width);
    if (rows === 5) return mix5x2<T>(weights, CHUNK << 2, end, v, step, out, width);
  }
  if (rows === 4) return mix4x2<T>(weights, CHUNK << 2, end, v, step, out, width);
  if (rows === 3) return mix3x2<T>(weights, CHUNK << 2, end, v, step, out, width);
  mix2x2<T>(weights, CHUNK << 2, end, v, step, out, width);
}

/** Raw products of all rows with `count` keys, `step` apart. */
// @ts-ignore: decorator
@inline
function scoreRun<T>(
  p: usize, rows: i32, records: usize, packed: usize, sums: usize, scores: usize, k: usize, step: usize, count: i32,
): void {
  const D = load<i32>(p, 48);
  const vectors = D >> 2;
  let i = 0;
  if (rows > 1) {
    const end = packed + <usize>vectors * (<usize>rows << 4);
    const column = <usize>rows << 4;
    if ((D & 3) === 0)
      for (; i + 4 <= count; i += 4) {
        const key = k + <usize>i * step;
        scorePair<T>(rows, packed, end, key, step, sums);
        scorePair<T>(rows, packed, end, key + 2 * step, step, sums + 2 * column);
        for (let r = 0; r < rows; r++) {
          const at = sums + (<usize>r << 4);
          v128.store(
            scores + <usize>r * (CHUNK << 2) + (<usize>i << 2),
            sumLanes4(v128.load(at), v128.load(at + column), v128.load(at + 2 * column), v128.load(at + 3 * column)),
          );
        }
      }
    for (; i < count; i += 2) {
      const pair = i + 1 < count;
      const next = pair ? step : 0;
      const key = k + <usize>i * step;
      scorePair<T>(rows, packed, end, key, next, sums);
      for (let r = 0; r < rows; r++) {
        const q = load<usize>(records + <usize>r * RECORD, QUERY);
        const at = scores + <usize>r * (CHUNK << 2) + (<usize>i << 2);
        const sum = sums + (<usize>r << 4);
        store<f32>(at, tail<T>(sumLanes(v128.load(sum)), q, key, D));
        if (pair) store<f32>(at, tail<T>(sumLanes(v128.load(sum + column)), q, key + step, D), 4);
      }
    }
    return;
  }
  const q = load<usize>(records, QUERY);
  const vector = isHalf<T>() ? packed : q;
  for (i = 0; i + 4 <= count; i += 4) {
    const key = k + <usize>i * step;
    const at = scores + (<usize>i << 2);
    row4<T>(vector, vectors, key, step, sums);
    v128.store(at, sumLanes4(v128.load(sums), v128.load(sums, 16), v128.load(sums, 32), v128.load(sums, 48)));
    if (D & 3)
      for (let j = 0; j < 4; j++) {
        const one = at + (<usize>j << 2);
        store<f32>(one, tail<T>(load<f32>(one), q, key + <usize>j * step, D));
      }
  }
  for (; i < count; i++) {
    const key = k + <usize>i * step;
    row1<T>(vector, vectors, key, sums);
    store<f32>(scores + (<usize>i << 2), tail<T>(sumLanes(v128.load(sums)), q, key, D));
  }
}

/** out += Σ p·v for one row over `count` values, `step` apart. */
// @ts-ignore: decorator
@inline
function mixRow<T>(p: usize, out: usize, weights: usize, v: usize, step: usize, count: i32): void {
  const Dv = load<i32>(p, 52);
  const end = weights + (<usize>count << 2);
  let d = 0;
  for (; d + 32 <= Dv; d += 32) mix1x8<T>(weights, 0, end, v + <usize>d * sizeof<T>(), step, out + (<usize>d << 2), 0);
  for (; d + 4 <= Dv; d += 4) mix1x1<T>(weights, 0, end, v + <usize>d * sizeof<T>(), step, out + (<usize>d << 2), 0);
  for (; d < Dv; d++) {
    let sum = load<f32>(out + (<usize>d << 2));
    let value = v + <usize>d * sizeof<T>();
    for (let w = weights; w < end; w += 4) {
      sum += load<f32>(w) * storedElement<T>(value);
      value += step;
    }
    store<f32>(out + (<usize>d << 2), sum);
  }
}

/** Values s0 … s1 − 1 of one page for all rows; each row takes the keys it sees. */
// @ts-ignore: decorator
@inline
function mixRun<T>(
  p: usize, rows: i32, records: usize, scores: usize, mixed: usize, v: usize, step: usize, chunk: i32, s0: i32, s1: i32,
): void {
  const Dv = load<i32>(p, 52);
  const masked = load<i32>(p, 24) !== 0;
  // Keys that every row sees.
  let low = s0;
  let high = s1;
  for (let r = 0; r < rows; r++) {
    low = max(low, load<i32>(records + <usize>r * RECORD, START));
    high = min(high, load<i32>(records + <usize>r * RECORD, LIMIT));
  }
  const together = rows > 1 && !masked && low < high && (Dv & 7) === 0;
  const width = <usize>Dv << 2;
  for (let r = 0; r < rows; r++) {
    const record = records + <usize>r * RECORD;
    const start = max(s0, load<i32>(record, START));
    const stop = min(s1, load<i32>(record, LIMIT));
    const weights = scores + <usize>r * (CHUNK << 2);
    const out = mixed + <usize>r * width;
    if (masked) {
      // A hidden key's value may be anything.
      for (let s = start; s < stop; s++) {
        const at = weights + (<usize>(s - chunk) << 2);
        if (load<f32>(at) !== 0) mixRow<T>(p, out, at, v + <usize>(s - s0) * step, step, 1);
      }
    } else {
      const until = together ? low : stop;
      if (start < until)
        mixRow<T>(p, out, weights + (<usize>(start - chunk) << 2), v + <usize>(start - s0) * step, step, until - start);
    }
  }
  if (!together) return;
  const from = scores + (<usize>(low - chunk) << 2);
  const end = scores + (<usize>(high - chunk) << 2);
  const value = v + <usize>(low - s0) * step;
  for (let d = 0; d < Dv; d += 8) {
    const at = mixed + (<usize>d << 2);
    mixPair<T>(rows, from, end, value + <usize>d * sizeof<T>(), step, at, width);
  }
  for (let r = 0; r < rows; r++) {
    const stop = min(s1, load<i32>(records + <usize>r * RECORD, LIMIT));
    if (high < stop)
      mixRow<T>(
        p,
        mixed + <usize>r * width,
        scores + <usize>r * (CHUNK << 2) + (<usize>(high - chunk) << 2),
        v + <usize>(high - s0) * step,
        step,
        stop - high,
      );
  }
}

/** The queries of a unit as its tiles read them: side by side, 2¹¹² as large for halves. */
// @ts-ignore: decorator
@inline
function packQueries<T>(packed: usize, records: usize, rows: i32, vectors: i32): void {
  if (rows === 1 && !isHalf<T>()) return;
  for (let r = 0; r < rows; r++) {
    const q = load<usize>(records + <usize>r * RECORD, QUERY);
    let at = packed + (<usize>r << 4);
    for (let v = 0; v < vectors; v++) {
      const x = v128.load(q + (<usize>v << 4));
      v128.store(at, isHalf<T>() ? f32x4.mul(x, f32x4.splat(halfGrowth())) : x);
      at += <usize>rows << 4;
    }
  }
}

/** Weights of a chunk, 2¹¹² as large. */
function growWeights(row: usize): void {
  const end = row + (CHUNK << 2);
  for (; row < end; row += 16) v128.store(row, f32x4.mul(v128.load(row), f32x4.splat(halfGrowth())));
}

/** `count` rows of D halves, `step` apart, as f32 back to back. */
function widenRows(to: usize, from: usize, step: usize, count: i32, D: i32): usize {
  for (let n = 0; n < count; n++) {
    const row = from + <usize>n * step;
    const at = to + ((<usize>n * D) << 2);
    // The last vector may go beyond the row; the next row comes over it.
    for (let d = 0; d < D; d += 4) v128.store(at + (<usize>d << 2), f16Lanes(v128.load16x4_s(row + (<usize>d << 1))));
  }
  return to;
}

/** Keys and values are known to be finite, and no query of the unit overflows when it is 2¹¹² as large. */
function mayGrow(p: usize, unit: usize): bool {
  const keys = load<usize>(p, 172);
  const values = load<usize>(p, 176);
  if (keys === 0 || values === 0 || load<i32>(keys) !== 0 || load<i32>(values) !== 0) return false;
  const vectors = load<i32>(p, 48) >> 2;
  let top = i32x4.splat(0);
  for (let r = 0; r < load<i32>(unit, ROWS); r++) {
    const q = load<usize>(unit + UNIT + <usize>r * RECORD, QUERY);
    for (let v = 0; v < vectors; v++)
      top = i32x4.max_s(top, v128.and(v128.load(q + (<usize>v << 4)), i32x4.splat(0x7fffffff)));
  }
  // 2¹⁵
  return i32x4.all_true(i32x4.lt_s(top, i32x4.splat(0x47000000)));
}

/** One unit. @param widen keys and values are halves, and T is what they become */
function attendUnit<T>(p: usize, scratch: usize, widen: bool): void {
  const P = load<i32>(p, 44);
  const D = load<i32>(p, 48);
  const Dv = load<i32>(p, 52);
  const width = <usize>Dv << 2;
  const records = scratch + UNIT;
  const scores = scratch + HEADER;
  const sums = scores + 6 * (CHUNK << 2);
  const packed = sums + 384;
  const mixed = packed + ((<usize>D * 6) << 2);
  const wide = mixed + ((<usize>Dv * 6) << 2);
  const rows = load<i32>(scratch, ROWS);
  const lowest = load<i32>(scratch, LOWEST);
  const highest = load<i32>(scratch, HIGHEST);
  const kv = load<usize>(scratch, KV_HEAD);
  packQueries<T>(packed, records, rows, D >> 2);
  memory.fill(mixed, 0, <usize>rows * width);
  for (let chunk = lowest & ~(CHUNK - 1); chunk < highest; chunk += CHUNK) {
    const from = max(chunk, lowest);
    const to = min(chunk + CHUNK, highest);
    // What is not written below is hidden from every row; it must only be finite.
    memory.fill(scores, 0, <usize>rows * (CHUNK << 2));
    for (let s = from; s < to; ) {
      const inPage = s % P;
      let count = min(to - s, P - inPage);
      let step = load<usize>(p, 96);
      let key = load<usize>(p, 8) + pageOf(p, scratch, s) * load<usize>(p, 88) + kv * load<usize>(p, 92) + <usize>inPage * step;
      if (isFloat<T>()) {
        if (widen) {
          count = min(count, WIDE / (D << 2));
          key = widenRows(wide, key, step, count, D);
          step = <usize>D << 2;
        }
      }
      scoreRun<T>(p, rows, records, packed, sums, scores + (<usize>(s - chunk) << 2), key, step, count);
      s += count;
    }
    for (let r = 0; r < rows; r++) {
      const row = scores + <usize>r * (CHUNK << 2);
      weigh(p, records + <usize>r * RECORD, row, mixed + <usize>r * width, chunk);
      if (isHalf<T>()) growWeights(row);
    }
    for (let s = from; s < to; ) {
      const inPage = s % P;
      let count = min(to - s, P - inPage);
      let step = load<usize>(p, 108);
      let value =
        load<usize>(p, 12) + pageOf(p, scratch, s) * load<usize>(p, 100) + kv * load<usize>(p, 104) + <usize>inPage * step;
      if (isFloat<T>()) {
        if (widen) {
          count = min(count, WIDE / (Dv << 2));
          value = widenRows(wide, value, step, count, Dv);
          step = width;
        }
      }
      mixRun<T>(p, rows, records, scores, mixed, value, step, chunk, s, s + count);
      s += count;
    }
  }
  closeUnit(p, scratch, mixed, width);
}

// @ts-ignore: decorator
@inline
function attend<T>(p: usize, begin: i32, end: i32, scratch: usize): void {
  for (let unit = begin; unit < end; unit++) {
    openUnit(p, unit, scratch);
    if (isHalf<T>() && !mayGrow(p, scratch)) attendUnit<f32>(p, scratch, true);
    else attendUnit<T>(p, scratch, false);
  }
}

export function attentionF32(p: usize, begin: i32, end: i32, scratch: usize): void {
  attend<f32>(p, begin, end, scratch);
}
export function attentionBf16(p: usize, begin: i32, end: i32, scratch: usize): void {
  attend<u16>(p, begin, end, scratch);
}
export function attentionF16(p: usize, begin: i32, end: i32, scratch: usize): void {
  attend<i16>(p, begin, end, scratch);
}
