import { exp1, exp4, loadElement, maxLanes, sumLanes, tanh4 } from "./lanes";
import { dot4x2, dot6x2, mix1x1, mix1x8, mix4x2, mix6x2, row1, row4 } from "./dot-tiles";

// Streaming softmax over pages of keys (Milakov & Gimelshein, arXiv 1805.02867). Keys are taken in chunks of CHUNK slots
// counted from slot 0, so a row's arithmetic depends on nothing but the row.
//
// Parameters, in 32-bit words:
//  0 out   1 q   2 keys   3 values   4 tables   5 mask   6 mask kind (0 none, 1 bool, 2 f32)   7 B   8 H   9 T
// 10 kv heads   11 P   12 D   13 Dv   14 scale (f32)   15 causal   16 window (0: none)   17 softcap (f32, 0: none)
// 18 lengths   19–21 steps of q: b, h, t   22–24 of keys: page, head, slot   25–27 of values   28, 29 of tables: b, page
// 30–33 of mask: b, h, t, s (all in bytes)
//
// Unit = HEIGHT rows of one batch row and kv head: the query heads of a group when T = 1, else queries of one head.

const CHUNK: i32 = 64;

// @ts-ignore: decorator
@inline
function height(): i32 {
  return ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
}

// State of a row in scratch, in bytes from the start of the row's record.
const TOP: usize = 0;
const TOTAL: usize = 4;
const START: usize = 8;
const LIMIT: usize = 12;
const QUERY: usize = 16;
const OUT: usize = 20;
const MASK: usize = 24;
const RECORD: usize = 32;

// @ts-ignore: decorator
@inline
function tail<T>(sum: f32, q: usize, k: usize, D: i32): f32 {
  for (let d = D & ~3; d < D; d++) sum += load<f32>(q + (<usize>d << 2)) * loadElement<T>(k + <usize>d * sizeof<T>());
  return sum;
}

/** Raw products of all rows with `count` keys that follow one another. */
// @ts-ignore: decorator
@inline
function scoreRun<T>(p: usize, rows: i32, records: usize, packed: usize, sums: usize, scores: usize, k: usize, count: i32): void {
  const D = load<i32>(p, 48);
  const step = load<usize>(p, 96);
  const vectors = D >> 2;
  let i = 0;
  if (rows === height()) {
    const end = packed + <usize>vectors * (<usize>height() << 4);
    for (; i < count; i += 2) {
      const pair = i + 1 < count;
      const next = pair ? step : 0;
      const key = k + <usize>i * step;
      memory.fill(sums, 0, <usize>height() << 5);
      if (ASC_FEATURE_RELAXED_SIMD) dot6x2<T>(packed, end, key, next, sums);
      else dot4x2<T>(packed, end, key, next, sums);
      for (let r = 0; r < height(); r++) {
        const q = load<usize>(records + <usize>r * RECORD, QUERY);
        const at = scores + <usize>r * (CHUNK << 2) + (<usize>i << 2);
        store<f32>(at, tail<T>(sumLanes(v128.load(sums + (<usize>r << 5))), q, key, D));
        if (pair) store<f32>(at, tail<T>(sumLanes(v128.load(sums + (<usize>r << 5), 16)), q, key + step, D), 4);
      }
    }
    return;
  }
  for (let r = 0; r < rows; r++) {
    const q = load<usize>(records + <usize>r * RECORD, QUERY);
    const row = scores + <usize>r * (CHUNK << 2);
    for (i = 0; i + 4 <= count; i += 4) {
      const key = k + <usize>i * step;
      row4<T>(q, vectors, key, step, sums);
      for (let j = 0; j < 4; j++)
        store<f32>(
          row + (<usize>(i + j) << 2),
          tail<T>(sumLanes(v128.load(sums + (<usize>j << 4))), q, key + <usize>j * step, D),
        );
    }
    for (; i < count; i++) {
      const key = k + <usize>i * step;
      row1<T>(q, vectors, key, 0, sums);
      store<f32>(row + (<usize>i << 2), tail<T>(sumLanes(v128.load(sums)), q, key, D));
    }
  }
}

/** out += Σ p·v for one row over `count` values that follow one another. */
// @ts-ignore: decorator
@inline
function mixRow<T>(p: usize, out: usize, weights: usize, v: usize, count: i32): void {
  const Dv = load<i32>(p, 52);
  const step = load<usize>(p, 108);
  const end = weights + (<usize>count << 2);
  let d = 0;
  for (; d + 32 <= Dv; d += 32) mix1x8<T>(weights, 0, end, v + <usize>d * sizeof<T>(), step, out + (<usize>d << 2), 0);
  for (; d + 4 <= Dv; d += 4) mix1x1<T>(weights, 0, end, v + <usize>d * sizeof<T>(), step, out + (<usize>d << 2), 0);
  for (; d < Dv; d++) {
    let sum = load<f32>(out + (<usize>d << 2));
    let value = v + <usize>d * sizeof<T>();
    for (let w = weights; w < end; w += 4) {
      sum += load<f32>(w) * loadElement<T>(value);
      value += step;
    }
    store<f32>(out + (<usize>d << 2), sum);
  }
}

/** Values s0 … s1 − 1 of one page for all rows; each row takes the keys it sees. */
// @ts-ignore: decorator
@inline
function mixRun<T>(p: usize, rows: i32, records: usize, scores: usize, mixed: usize, v: usize, chunk: i32, s0: i32, s1: i32): void {
  const Dv = load<i32>(p, 52);
  const step = load<usize>(p, 108);
  const masked = load<i32>(p, 24) !== 0;
  // Keys that every row sees.
  let low = s0;
  let high = s1;
  for (let r = 0; r < rows; r++) {
    low = max(low, load<i32>(records + <usize>r * RECORD, START));
    high = min(high, load<i32>(records + <usize>r * RECORD, LIMIT));
  }
  const together = rows === height() && !masked && low < high && (Dv & 7) === 0;
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
        if (load<f32>(at) !== 0) mixRow<T>(p, out, at, v + <usize>(s - s0) * step, 1);
      }
    } else {
      const until = together ? low : stop;
      if (start < until)
        mixRow<T>(p, out, weights + (<usize>(start - chunk) << 2), v + <usize>(start - s0) * step, until - start);
    }
  }
  if (!together) return;
  const from = scores + (<usize>(low - chunk) << 2);
  const end = scores + (<usize>(high - chunk) << 2);
  const value = v + <usize>(low - s0) * step;
  for (let d = 0; d < Dv; d += 8) {
    const at = mixed + (<usize>d << 2);
    if (ASC_FEATURE_RELAXED_SIMD) mix6x2<T>(from, CHUNK << 2, end, value + <usize>d * sizeof<T>(), step, at, width);
    else mix4x2<T>(from, CHUNK << 2, end, value + <usize>d * sizeof<T>(), step, at, width);
  }
  for (let r = 0; r < rows; r++) {
    const stop = min(s1, load<i32>(records + <usize>r * RECORD, LIMIT));
    if (high < stop)
      mixRow<T>(
        p,
        mixed + <usize>r * width,
        scores + <usize>r * (CHUNK << 2) + (<usize>(high - chunk) << 2),
        v + <usize>(high - s0) * step,
        stop - high,
      );
  }
}

/** c·tanh(x/c) */
// @ts-ignore: decorator
@inline
function soften(x: v128, cap: v128): v128 {
  const t = tanh4(f32x4.div(x, cap));
  return f32x4.mul(t, cap);
}

/** A score that overflows is still a visible one; −∞ stands for hidden keys. NaN stays. */
// @ts-ignore: decorator
@inline
function finite(x: v128): v128 {
  return f32x4.max(f32x4.min(x, f32x4.splat(f32.MAX_VALUE)), f32x4.splat(-f32.MAX_VALUE));
}

/** Scale, softcap and mask of one row's chunk, then its share of the running softmax. */
function weigh(p: usize, record: usize, row: usize, out: usize, chunk: i32): void {
  const scale = f32x4.splat(load<f32>(p, 56));
  const cap = load<f32>(p, 68);
  const start = load<i32>(record, START) - chunk;
  const limit = load<i32>(record, LIMIT) - chunk;
  const kind = load<i32>(p, 24);
  const mask = load<usize>(record, MASK);
  const maskStep = load<usize>(p, 132);
  for (let i = 0; i < CHUNK; i += 4) {
    let v = f32x4.mul(v128.load(row + (<usize>i << 2)), scale);
    if (cap !== 0) v = soften(v, f32x4.splat(cap));
    v = finite(v);
    v128.store(row + (<usize>i << 2), v);
  }
  if (kind !== 0) {
    for (let i = max(start, 0); i < min(limit, CHUNK); i++) {
      const at = mask + <usize>(chunk + i) * maskStep;
      if (kind === 1) {
        if (load<u8>(at) === 0) store<f32>(row + (<usize>i << 2), -Infinity);
      } else {
        const added = load<f32>(at);
        const score = f32x4.splat(load<f32>(row + (<usize>i << 2)) + added);
        store<f32>(row + (<usize>i << 2), added === -Infinity ? <f32>-Infinity : f32x4.extract_lane(finite(score), 0));
      }
    }
  }
  for (let i = 0; i < min(start, CHUNK); i++) store<f32>(row + (<usize>i << 2), -Infinity);
  for (let i = max(limit, 0); i < CHUNK; i++) store<f32>(row + (<usize>i << 2), -Infinity);
  let top = f32x4.splat(load<f32>(record, TOP));
  for (let i = 0; i < CHUNK; i += 4) top = f32x4.max(top, v128.load(row + (<usize>i << 2)));
  const best = maxLanes(top);
  if (best === -Infinity) {
    memory.fill(row, 0, CHUNK << 2);
    return;
  }
  const before = load<f32>(record, TOP);
  const best4 = f32x4.splat(best);
  let sum = f32x4.splat(0);
  for (let i = 0; i < CHUNK; i += 4) {
    const v = exp4(f32x4.sub(v128.load(row + (<usize>i << 2)), best4));
    sum = f32x4.add(sum, v);
    v128.store(row + (<usize>i << 2), v);
  }
  const keep = before === best ? <f32>1 : exp1(before - best);
  store<f32>(record, best, TOP);
  store<f32>(record, load<f32>(record, TOTAL) * keep + sumLanes(sum), TOTAL);
  if (keep !== 1) {
    const Dv = load<i32>(p, 52);
    // The row is padded to whole vectors.
    for (let d = 0; d < Dv; d += 4) {
      const at = out + (<usize>d << 2);
      if (Dv - d >= 4) v128.store(at, f32x4.mul(v128.load(at), f32x4.splat(keep)));
      else for (let e = d; e < Dv; e++) store<f32>(out + (<usize>e << 2), load<f32>(out + (<usize>e << 2)) * keep);
    }
  }
}

// @ts-ignore: decorator
@inline
function attend<T>(p: usize, begin: i32, end: i32, scratch: usize): void {
  const H = load<i32>(p, 32);
  const T_ = load<i32>(p, 36);
  const KV = load<i32>(p, 40);
  const P = load<i32>(p, 44);
  const D = load<i32>(p, 48);
  const Dv = load<i32>(p, 52);
  const window = load<i32>(p, 64);
  const group = H / KV;
  const byHead = T_ === 1;
  const run = byHead ? group : T_;
  const tiles = (run + height() - 1) / height();
  const lanes = byHead ? KV : H;
  const width = <usize>Dv << 2;
  const records = scratch;
  const scores = records + 6 * RECORD;
  const sums = scores + 6 * (CHUNK << 2);
  const packed = sums + 256;
  const mixed = packed + ((<usize>D * 6) << 2);
  for (let unit = begin; unit < end; unit++) {
    const tile = unit % tiles;
    const lane = (unit / tiles) % lanes;
    const b = unit / tiles / lanes;
    const first = tile * height();
    const rows = min(height(), run - first);
    const length = load<i32>(load<usize>(p, 72) + (<usize>b << 2));
    const kv = byHead ? lane : lane / group;
    let lowest = length;
    let highest = 0;
    for (let r = 0; r < rows; r++) {
      const record = records + <usize>r * RECORD;
      const h = byHead ? lane * group + first + r : lane;
      const t = byHead ? 0 : first + r;
      const slot = length - T_ + t;
      const start = window > 0 ? max(0, slot - window + 1) : 0;
      const limit = load<i32>(p, 60) ? slot + 1 : length;
      lowest = min(lowest, start);
      highest = max(highest, limit);
      store<f32>(record, -Infinity, TOP);
      store<f32>(record, 0, TOTAL);
      store<i32>(record, start, START);
      store<i32>(record, limit, LIMIT);
      store<usize>(
        record,
        load<usize>(p, 4) + <usize>b * load<usize>(p, 76) + <usize>h * load<usize>(p, 80) + <usize>t * load<usize>(p, 84),
        QUERY,
      );
      store<usize>(record, load<usize>(p, 0) + <usize>((b * H + h) * T_ + t) * width, OUT);
      store<usize>(
        record,
        load<usize>(p, 20) + <usize>b * load<usize>(p, 120) + <usize>h * load<usize>(p, 124) + <usize>t * load<usize>(p, 128),
        MASK,
      );
    }
    if (rows === height()) {
      for (let r = 0; r < rows; r++) {
        const q = load<usize>(records + <usize>r * RECORD, QUERY);
        for (let v = 0; v < D >> 2; v++)
          v128.store(packed + ((<usize>v * height() + r) << 4), v128.load(q + (<usize>v << 4)));
      }
    }
    memory.fill(mixed, 0, <usize>rows * width);
    const table = load<usize>(p, 16) + <usize>b * load<usize>(p, 112);
    for (let chunk = lowest & ~(CHUNK - 1); chunk < highest; chunk += CHUNK) {
      const from = max(chunk, lowest);
      const to = min(chunk + CHUNK, highest);
      // What is not written below is hidden from every row; it must only be finite.
      memory.fill(scores, 0, <usize>rows * (CHUNK << 2));
      for (let s = from; s < to; ) {
        const inPage = s % P;
        const count = min(to - s, P - inPage);
        const page = load<i32>(table + <usize>(s / P) * load<usize>(p, 116));
        const key =
          load<usize>(p, 8) + <usize>page * load<usize>(p, 88) + <usize>kv * load<usize>(p, 92) + <usize>inPage * load<usize>(p, 96);
        scoreRun<T>(p, rows, records, packed, sums, scores + (<usize>(s - chunk) << 2), key, count);
        s += count;
      }
      for (let r = 0; r < rows; r++)
        weigh(p, records + <usize>r * RECORD, scores + <usize>r * (CHUNK << 2), mixed + <usize>r * width, chunk);
      for (let s = from; s < to; ) {
        const inPage = s % P;
        const count = min(to - s, P - inPage);
        const page = load<i32>(table + <usize>(s / P) * load<usize>(p, 116));
        const value =
          load<usize>(p, 12) + <usize>page * load<usize>(p, 100) + <usize>kv * load<usize>(p, 104) + <usize>inPage * load<usize>(p, 108);
        mixRun<T>(p, rows, records, scores, mixed, value, chunk, s, s + count);
        s += count;
      }
    }
    for (let r = 0; r < rows; r++) {
      const record = records + <usize>r * RECORD;
      const total = load<f32>(record, TOTAL);
      const out = load<usize>(record, OUT);
      const from = mixed + <usize>r * width;
      if (total === 0) {
        memory.fill(out, 0, width);
        continue;
      }
      let d = 0;
      for (; d + 4 <= Dv; d += 4) {
        const at = <usize>d << 2;
        v128.store(out + at, f32x4.div(v128.load(from + at), f32x4.splat(total)));
      }
      for (; d < Dv; d++) store<f32>(out + (<usize>d << 2), load<f32>(from + (<usize>d << 2)) / total);
    }
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
