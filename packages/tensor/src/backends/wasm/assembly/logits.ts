import { checkedRow } from "./gather";
import { exp1, exp4, loadPart } from "./lanes";
import { firstOf, maxRow } from "./row-reductions";

// One number of each row of logits [M, V]; sums in f64. Unit = one row; rows follow one another.

/** Both pairs of four f32, added in f64. */
// @ts-ignore: decorator
@inline
function addPairs(sum: v128, v: v128): v128 {
  const high = i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  return f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(high)));
}

// @ts-ignore: decorator
@inline
function sumPair(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** Four logits from i on, divided by T; −∞ behind the end. */
// @ts-ignore: decorator
@inline
function scores4(x: usize, i: i32, V: i32, T: v128): v128 {
  const at = x + (<usize>i << 2);
  return f32x4.div(V - i >= 4 ? v128.load(at) : loadPart(at, V - i, -Infinity), T);
}

/** e^(s − top) of four scores, 0 for those below `low`. */
// @ts-ignore: decorator
@inline
function weights4(s: v128, low: v128, top: v128): v128 {
  return v128.and(exp4(f32x4.sub(s, top)), f32x4.ge(s, low));
}

/** Σ e^(x / T − top) of the scores that are not below `low`. */
function sumWeights(x: usize, V: i32, T: f32, low: f32, top: f32): f64 {
  let sum = f64x2.splat(0);
  for (let i = 0; i < V; i += 4) {
    const s = scores4(x, i, V, f32x4.splat(T));
    sum = addPairs(sum, weights4(s, f32x4.splat(low), f32x4.splat(top)));
  }
  return sumPair(sum);
}

/** ln x for x ≥ 1, by 2·artanh((m − 1) / (m + 1)) = 2·Σ z^(2j+1) / (2j + 1) with m in [√½, √2): |z| < 0.172. NaN stays NaN. */
function log64(x: f64): f64 {
  if (x !== x) return x;
  const bits = reinterpret<i64>(x);
  let e = <f64>((bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    e += 1;
  }
  const z = (m - 1) / (m + 1);
  let sum: f64 = 0;
  for (let j = 23; j > 0; j -= 2) sum = sum * (z * z) + 1 / <f64>j;
  return e * 0.6931471805599453 + 2 * z * sum;
}

/**
 * ln softmax(logits)[target].
 *
 * Parameters: 0 out   1 logits   2 targets (i32)   3 status   4 V
 */
export function logProbsOf(p: usize, begin: i32, end: i32, scratch: usize): void {
  const V = load<i32>(p, 16);
  for (let row = begin; row < end; row++) {
    const x = load<usize>(p, 4) + ((<usize>row * V) << 2);
    const at = <usize>row << 2;
    const target = checkedRow(load<usize>(p, 8) + at, V, load<usize>(p, 12));
    if (target < 0) continue;
    const top = maxRow(x, V);
    const own = <f64>load<f32>(x + (<usize>target << 2)) - <f64>top;
    // With NaN for a lower bound nothing would be left of a row that has NaN.
    const total = top === top ? sumWeights(x, V, 1, -Infinity, top) : NaN;
    store<f32>(load<usize>(p, 0) + at, <f32>(own - log64(total)));
  }
}

/** Where things lie in scratch memory: sums of buckets, what lies below the one found, scores and weights of four elements. */
const BUCKETS: i32 = 2048;
const BELOW: usize = 8 * BUCKETS;
const SCORES: usize = BELOW + 16;
const WEIGHTS: usize = SCORES + 16;

/** A number in the order of the scores; −0 is 0. */
// @ts-ignore: decorator
@inline
function keyOf(s: f32): u32 {
  if (s === 0) return 0x80000000;
  const bits = reinterpret<u32>(s);
  return bits >> 31 ? ~bits : bits | 0x80000000;
}

// @ts-ignore: decorator
@inline
function scoreOf(key: u32): f32 {
  return reinterpret<f32>(key >> 31 ? key & 0x7fffffff : ~key);
}

/**
 * The first score, counted from the smallest, at which the sum of what is not below `low` exceeds `limit`; the largest where it
 * never does. Summed are weights, or 1 for each. Found by the highest 11 bits of the scores, then by the next, then by the
 * last: no row is sorted. The sum of all below it is left at `scratch + BELOW`.
 */
function crossing(
  x: usize,
  V: i32,
  T: f32,
  low: f32,
  top: f32,
  limit: f64,
  weighted: bool,
  scratch: usize,
): f32 {
  let known: u32 = 0;
  let prefix: u32 = 0;
  let below: f64 = 0;
  for (let pass = 0; pass < 3; pass++) {
    const shift: u32 = pass === 0 ? 21 : pass === 1 ? 10 : 0;
    const mask: u32 = pass === 2 ? 1023 : 2047;
    memory.fill(scratch, 0, 8 * BUCKETS);
    for (let i = 0; i < V; i += 4) {
      const s = scores4(x, i, V, f32x4.splat(T));
      if (weighted) {
        if (!v128.any_true(f32x4.ge(s, f32x4.splat(low)))) continue;
        v128.store(scratch + WEIGHTS, weights4(s, f32x4.splat(low), f32x4.splat(top)));
      }
      v128.store(scratch + SCORES, s);
      const n = <usize>min(4, V - i) << 2;
      for (let lane: usize = 0; lane < n; lane += 4) {
        const key = keyOf(load<f32>(scratch + SCORES + lane));
        if ((key & known) !== prefix) continue;
        const bucket = scratch + (<usize>((key >> shift) & mask) << 3);
        store<f64>(bucket, load<f64>(bucket) + (weighted ? <f64>load<f32>(scratch + WEIGHTS + lane) : 1));
      }
    }
    let found: u32 = 0;
    let sum = below;
    for (let b: u32 = 0; b <= mask; b++) {
      const own = load<f64>(scratch + (<usize>b << 3));
      if (own === 0) continue;
      found = b;
      below = sum;
      sum += own;
      if (sum > limit) break;
    }
    prefix |= found << shift;
    known |= mask << shift;
  }
  store<f64>(scratch + BELOW, below);
  return scoreOf(prefix);
}

/** Scores that equal `score`. */
function countOf(x: usize, V: i32, T: f32, score: f32): i32 {
  let count = 0;
  for (let i = 0; i < V; i += 4) {
    const equal = f32x4.eq(scores4(x, i, V, f32x4.splat(T)), f32x4.splat(score));
    count += popcnt(i32x4.bitmask(equal));
  }
  return count;
}

/** Draws from a row whose largest logit is finite. */
function draw(x: usize, V: i32, T: f32, largest: f32, k: i32, p: f32, u: f32, scratch: usize): i32 {
  const top = largest / T;
  // Left are scores from `low` on, without the first `gone` of those that equal it.
  let low: f32 = -Infinity;
  let gone = 0;
  if (k > 0 && k < V) low = crossing(x, V, T, low, top, <f64>(V - k), false, scratch);
  let total = sumWeights(x, V, T, low, top);
  if (p < 1) {
    const most = (1 - <f64>p) * total;
    low = crossing(x, V, T, low, top, most, true, scratch);
    const own = <f64>exp1(low - top);
    const equals = countOf(x, V, T, low);
    let sum = load<f64>(scratch + BELOW);
    while (gone < equals - 1 && sum + own <= most) {
      sum += own;
      gone++;
    }
    total = sumWeights(x, V, T, low, top) - <f64>gone * own;
  }
  const target = <f64>u * total;
  let last = 0;
  let sum: f64 = 0;
  for (let i = 0; i < V; i += 4) {
    const s = scores4(x, i, V, f32x4.splat(T));
    v128.store(scratch + SCORES, s);
    v128.store(scratch + WEIGHTS, weights4(s, f32x4.splat(low), f32x4.splat(top)));
    const n = min(4, V - i);
    for (let lane = 0; lane < n; lane++) {
      const weight = load<f32>(scratch + WEIGHTS + (<usize>lane << 2));
      if (weight === 0) continue;
      if (gone > 0 && load<f32>(scratch + SCORES + (<usize>lane << 2)) === low) {
        gone--;
        continue;
      }
      sum += <f64>weight;
      last = i + lane;
      if (sum > target) return last;
    }
  }
  return last;
}

/**
 * A token of each row, as the op `sampleTokens` says.
 *
 * Parameters: 0 out   1 logits   2 temperature   3 top-k (i32)   4 top-p   5 random numbers   6 V
 */
export function sampleTokens(p: usize, begin: i32, end: i32, scratch: usize): void {
  const V = load<i32>(p, 24);
  for (let row = begin; row < end; row++) {
    const x = load<usize>(p, 4) + ((<usize>row * V) << 2);
    const at = <usize>row << 2;
    const top = maxRow(x, V);
    const T = load<f32>(load<usize>(p, 8) + at);
    let token: i32;
    if (T > 0 && abs(top) < Infinity) {
      const k = load<i32>(load<usize>(p, 12) + at);
      token = draw(x, V, T, top, k, load<f32>(load<usize>(p, 16) + at), load<f32>(load<usize>(p, 20) + at), scratch);
    } else token = firstOf(x, V, top);
    store<i32>(load<usize>(p, 0) + at, token);
  }
}
