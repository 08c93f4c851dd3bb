import { exp1, expLanes, maxLanes, sumLanes, tanh4 } from "./lanes";

// Streaming softmax over pages of keys (Milakov & Gimelshein, arXiv 1805.02867): what every kernel of attention shares.
// Keys are taken in chunks of CHUNK slots counted from slot 0, so a row's arithmetic depends on nothing but the row.
//
// Parameters, in 32-bit words:
//  0 out   1 q   2 keys   3 values   4 tables   5 mask   6 mask kind (0 none, 1 bool, 2 f32)   7 N   8 H   9 R
// 10 kv heads   11 P   12 D   13 Dv   14 scale (f32)   15 causal   16 window (0: none)   17 softcap (f32, 0: none)
// 18 lengths   19 queryStarts   20, 21 steps of q: n, h   22–24 of keys: page, head, slot   25–27 of values
// 28, 29 of tables: r, page   30–32 of mask: n, h, s   33 pages   34 scales of keys   35, 36 their steps: page, head
// 37–39 of values (all in bytes)   40 slots of a table   41 slots the mask covers   42 units per kv head
// 43, 44 words that are 0 where the halves of keys and of values are known to be finite; 0: nothing is known
// 45 rows of a unit: at most 6, or 4 without relaxed SIMD
//
// Unit = some rows of one sequence and kv head, in the order of its tokens and, within one, of the group's heads. There
// are as many units as R sequences with N tokens can need; those that these R do not need have no rows. Only `openUnit`
// knows all this, and that what tables, queryStarts and lengths hold may be anything.

export const CHUNK: i32 = 64;

// A unit in scratch: its own words, then the state of its rows, in bytes from the start of the row's record.
export const ROWS: usize = 0;
/** First slot that a row sees, and the one after the last. */
export const LOWEST: usize = 4;
export const HIGHEST: usize = 8;
/** Page table of the sequence. */
export const TABLE: usize = 12;
export const KV_HEAD: usize = 16;
export const UNIT: usize = 32;

export const TOP: usize = 0;
export const TOTAL: usize = 4;
export const START: usize = 8;
export const LIMIT: usize = 12;
export const QUERY: usize = 16;
export const OUT: usize = 20;
export const MASK: usize = 24;
export const RECORD: usize = 32;

/** Bytes of a unit's words and the records of its rows. */
export const HEADER: usize = UNIT + 6 * RECORD;

// @ts-ignore: decorator
@inline
function clamp(x: i32, low: i32, high: i32): i32 {
  return min(max(x, low), high);
}

/** Fills in a unit's words and the records of its rows. */
export function openUnit(p: usize, unit: i32, at: usize): void {
  const N = load<i32>(p, 28);
  const H = load<i32>(p, 32);
  const R = load<i32>(p, 36);
  const window = load<i32>(p, 64);
  const group = H / load<i32>(p, 40);
  const width = load<usize>(p, 52) << 2;
  const units = load<i32>(p, 168);
  const tall = load<i32>(p, 180);
  const kv = unit / units;
  // The sequence whose tiles this one is among. −1 and R stand for the tokens before the first and after the last.
  let tile = unit % units;
  let r = -1;
  let first = 0;
  let next = 0;
  for (; ; r++) {
    first = next;
    next = r === R ? N : clamp(load<i32>(load<usize>(p, 76) + (<usize>(r + 1) << 2)), first, N);
    const tiles = ((next - first) * group + tall - 1) / tall;
    if (r === R || tile < tiles) break;
    tile -= tiles;
  }
  const known = r >= 0 && r < R;
  const length = known ? clamp(load<i32>(load<usize>(p, 72) + (<usize>r << 2)), 0, load<i32>(p, 160)) : 0;
  const covered = min(length, load<i32>(p, 164));
  const rows = clamp((next - first) * group - tile * tall, 0, tall);
  let lowest = length;
  let highest = 0;
  for (let i = 0; i < rows; i++) {
    const record = at + UNIT + <usize>i * RECORD;
    const row = tile * tall + i;
    const n = first + row / group;
    const h = kv * group + (row % group);
    const slot = length - (next - n);
    const start = window > 0 ? max(0, slot - window + 1) : 0;
    const limit = load<i32>(p, 60) ? min(slot + 1, covered) : covered;
    lowest = min(lowest, start);
    highest = max(highest, limit);
    store<f32>(record, -Infinity, TOP);
    store<f32>(record, 0, TOTAL);
    store<i32>(record, start, START);
    store<i32>(record, limit, LIMIT);
    store<usize>(record, load<usize>(p, 4) + <usize>n * load<usize>(p, 80) + <usize>h * load<usize>(p, 84), QUERY);
    store<usize>(record, load<usize>(p, 0) + <usize>(n * H + h) * width, OUT);
    store<usize>(record, load<usize>(p, 20) + <usize>n * load<usize>(p, 120) + <usize>h * load<usize>(p, 124), MASK);
  }
  store<i32>(at, rows, ROWS);
  store<i32>(at, lowest, LOWEST);
  store<i32>(at, highest, HIGHEST);
  store<usize>(at, load<usize>(p, 16) + <usize>clamp(r, 0, R - 1) * load<usize>(p, 112), TABLE);
  store<i32>(at, kv, KV_HEAD);
}

/** Page that slot s of the unit's sequence is in. */
// @ts-ignore: decorator
@inline
export function pageOf(p: usize, unit: usize, s: i32): usize {
  const page = load<i32>(load<usize>(unit, TABLE) + <usize>(s / load<i32>(p, 44)) * load<usize>(p, 116));
  return <usize>clamp(page, 0, load<i32>(p, 132) - 1);
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
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(f32.MAX_VALUE)), f32x4.splat(-f32.MAX_VALUE));
}

/** Scale, softcap and mask of one row's chunk, then its share of the running softmax. */
export function weigh(p: usize, record: usize, row: usize, out: usize, chunk: i32): void {
  const scale = f32x4.splat(load<f32>(p, 56));
  const cap = load<f32>(p, 68);
  const start = load<i32>(record, START) - chunk;
  const limit = load<i32>(record, LIMIT) - chunk;
  const kind = load<i32>(p, 24);
  const mask = load<usize>(record, MASK);
  const maskStep = load<usize>(p, 128);
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
    const v = expLanes(f32x4.sub(v128.load(row + (<usize>i << 2)), best4));
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

/** out = mixed / Σ weights; rows of `mixed` are `width` bytes apart. A row that sees no key gives 0. */
export function closeUnit(p: usize, unit: usize, mixed: usize, width: usize): void {
  const Dv = load<i32>(p, 52);
  for (let r = 0; r < load<i32>(unit, ROWS); r++) {
    const record = unit + UNIT + <usize>r * RECORD;
    const total = load<f32>(record, TOTAL);
    const out = load<usize>(record, OUT);
    const from = mixed + <usize>r * width;
    if (total === 0) {
      memory.fill(out, 0, <usize>Dv << 2);
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
