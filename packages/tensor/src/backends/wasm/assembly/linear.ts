import { isHalf, loadElement, loadLanes, sumLanes, sumLanes4 } from "./lanes";
import {
  dot1x2, dot2x2, dot3x2, dot6x2, dotRows1x1Bf16, dotRows1x1F16, dotRows1x1F32, dotRows1x1FiniteF16, dotRows1x2F16, dotRows1x4Bf16,
  dotRows1x4F32, dotRows1x4FiniteF16, dotRows2x1Bf16, dotRows2x1F32, dotRows2x1FiniteF16, dotRows2x2Bf16, dotRows2x2F32,
  dotRows2x2FiniteF16, dotRows4x1Bf16, dotRows4x1F32, dotRows4x1FiniteF16,
} from "./generated/dot-tiles";

// Parameters of the products, in 32-bit words.
//  0 x      1 x row stride (bytes)   2 w     3 w row stride (bytes)   4 out   5 out row stride (bytes)
//  6 bias (f32, 0: none)             7 M     8 N                      9 K
// 10 1: code of 256 bits

/** Columns of one block of tiles: with a K block they stay in the second-level cache. */
const N_BLOCK: i32 = 64;
/** Rows of one block of tiles: a multiple of all heights. */
const M_BLOCK: i32 = 96;
/** Bytes of a weight row up to which the next ones are touched ahead of their use. */
const SHORT_ROW: usize = 2304;
/** K per pass of a tile, so that six packed rows stay in the first-level cache. */
const K_BLOCK: i32 = 512;

/** Lanes added up, the elements past a multiple of eight one by one, the bias last. @param sums two vectors */
// @ts-ignore: decorator
@inline
function finish<T>(p: usize, sums: usize, m: i32, n: i32): void {
  const K = load<i32>(p, 36);
  let total = sumLanes(f32x4.add(v128.load(sums), v128.load(sums, 16)));
  if (K & 7) {
    const x = load<usize>(p, 0) + <usize>m * load<usize>(p, 4);
    const w = load<usize>(p, 8) + <usize>n * load<usize>(p, 12);
    for (let k = K & ~7; k < K; k++) total += load<f32>(x + (<usize>k << 2)) * loadElement<T>(w + <usize>k * sizeof<T>());
  }
  const bias = load<usize>(p, 24);
  if (bias) total += load<f32>(bias + (<usize>n << 2));
  store<f32>(load<usize>(p, 16) + <usize>m * load<usize>(p, 20) + (<usize>n << 2), total);
}

/** `finish` of four columns from n on, whose sums are `hop` bytes apart: the same additions, where K is a multiple of eight. */
// @ts-ignore: decorator
@inline
function finishFour(p: usize, sums: usize, hop: usize, m: i32, n: i32): void {
  let total = sumLanes4(
    f32x4.add(v128.load(sums), v128.load(sums, 16)),
    f32x4.add(v128.load(sums + hop), v128.load(sums + hop, 16)),
    f32x4.add(v128.load(sums + 2 * hop), v128.load(sums + 2 * hop, 16)),
    f32x4.add(v128.load(sums + 3 * hop), v128.load(sums + 3 * hop, 16)),
  );
  const bias = load<usize>(p, 24);
  if (bias) total = f32x4.add(total, v128.load(bias + (<usize>n << 2)));
  v128.store(load<usize>(p, 16) + <usize>m * load<usize>(p, 20) + (<usize>n << 2), total);
}

/** One row of x against four rows of weights. */
// @ts-ignore: decorator
@inline
function one<T>(finite: bool, x: usize, turns: i32, w: usize, stride: usize, sums: usize, next: usize, hop: usize): void {
  if (isFloat<T>()) dotRows1x4F32(x, turns, w, stride, sums);
  else if (!isSigned<T>()) dotRows1x4Bf16(x, turns, w, stride, sums, next, hop);
  else if (finite) dotRows1x4FiniteF16(x, turns, w, stride, sums, next, hop);
  else {
    dotRows1x2F16(x, turns, w, stride, sums);
    dotRows1x2F16(x, turns, w + 2 * stride, stride, sums + 64);
  }
}

/** One row of x against one row of weights. */
// @ts-ignore: decorator
@inline
function single<T>(finite: bool, x: usize, turns: i32, w: usize, sums: usize): void {
  if (isFloat<T>()) dotRows1x1F32(x, turns, w, 0, sums);
  else if (!isSigned<T>()) dotRows1x1Bf16(x, turns, w, 0, sums);
  else if (finite) dotRows1x1FiniteF16(x, turns, w, 0, sums);
  else dotRows1x1F16(x, turns, w, 0, sums);
}

/** Two rows of x against two rows of weights. */
// @ts-ignore: decorator
@inline
function two<T>(x: usize, xStride: usize, turns: i32, w: usize, stride: usize, sums: usize, next: usize, hop: usize): void {
  if (isFloat<T>()) dotRows2x2F32(x, xStride, turns, w, stride, sums);
  else if (!isSigned<T>()) dotRows2x2Bf16(x, xStride, turns, w, stride, sums, next, hop);
  else dotRows2x2FiniteF16(x, xStride, turns, w, stride, sums, next, hop);
}

/** `tall` (4 or 2) rows of x against one row of weights. */
// @ts-ignore: decorator
@inline
function column<T>(tall: i32, x: usize, xStride: usize, turns: i32, w: usize, sums: usize): void {
  if (isFloat<T>()) {
    if (tall === 4) dotRows4x1F32(x, xStride, turns, w, 0, sums);
    else dotRows2x1F32(x, xStride, turns, w, 0, sums);
  } else if (!isSigned<T>()) {
    if (tall === 4) dotRows4x1Bf16(x, xStride, turns, w, 0, sums);
    else dotRows2x1Bf16(x, xStride, turns, w, 0, sums);
  } else if (tall === 4) dotRows4x1FiniteF16(x, xStride, turns, w, 0, sums);
  else dotRows2x1FiniteF16(x, xStride, turns, w, 0, sums);
}

/** A few rows of x against groups of four weight rows, weights read as stored: unit = two groups. */
// @ts-ignore: decorator
@inline
function rows<T>(p: usize, begin: i32, end: i32, sums: usize, finite: bool): void {
  const M = load<i32>(p, 28);
  const N = load<i32>(p, 32);
  const turns = load<i32>(p, 36) >> 3;
  const xStride = load<usize>(p, 4);
  const stride = load<usize>(p, 12);
  // Halves that may be special take registers that several rows of x need.
  const most = isHalf<T>() && !finite ? 1 : 4;
  const last = min(N, end << 3);
  for (let n0 = begin << 3; n0 < last; n0 += 4) {
    const count = min(4, N - n0);
    const w = load<usize>(p, 8) + <usize>n0 * stride;
    // The group after the next, where its rows are short and there is one.
    const ahead = stride <= SHORT_ROW && n0 + 12 <= N;
    const next = ahead ? w + 8 * stride : w;
    for (let m = 0; m < M; ) {
      const x = load<usize>(p, 0) + <usize>m * xStride;
      const left = min(M - m, most);
      const tall = left >= 4 ? 4 : left >= 2 ? 2 : 1;
      const step = <usize>tall << 5;
      if (tall === 1 && count === 4) one<T>(finite, x, turns, w, stride, sums, next, ahead ? 64 : 0);
      else if (tall === 2 && count === 4) {
        two<T>(x, xStride, turns, w, stride, sums, next, ahead ? 32 : 0);
        two<T>(x, xStride, turns, w + 2 * stride, stride, sums + 128, ahead ? next + 2 * stride : w, ahead ? 32 : 0);
      } else
        for (let n = 0; n < count; n++) {
          const row = w + <usize>n * stride;
          if (tall === 1) single<T>(finite, x, turns, row, sums + <usize>n * step);
          else column<T>(tall, x, xStride, turns, row, sums + <usize>n * step);
        }
      for (let n = 0; n < count; n++)
        for (let r = 0; r < tall; r++) finish<T>(p, sums + <usize>n * step + (<usize>r << 5), m + r, n0 + n);
      m += tall;
    }
  }
}

export function linearRowsF32(p: usize, begin: i32, end: i32, scratch: usize): void {
  rows<f32>(p, begin, end, scratch, false);
}
export function linearRowsBf16(p: usize, begin: i32, end: i32, scratch: usize): void {
  rows<u16>(p, begin, end, scratch, false);
}
export function linearRowsF16(p: usize, begin: i32, end: i32, scratch: usize): void {
  rows<i16>(p, begin, end, scratch, false);
}
/** Of weights that are all finite. */
export function linearRowsFiniteF16(p: usize, begin: i32, end: i32, scratch: usize): void {
  rows<i16>(p, begin, end, scratch, true);
}

/** Sets the word at 1 to 1 if one of the halves at 0 is infinite or NaN; 2 is their number. Unit = 32,768 halves. */
export function findSpecialHalves(p: usize, begin: i32, end: i32, scratch: usize): void {
  const magnitude = i16x8.splat(0x7fff);
  let top = i16x8.splat(0);
  const stop = load<usize>(p) + (<usize>load<u32>(p, 8) << 1);
  const last = min(stop, load<usize>(p) + (<usize>end << 16));
  let at = load<usize>(p) + (<usize>begin << 16);
  for (; at + 16 <= last; at += 16) top = i16x8.max_s(top, v128.and(v128.load(at), magnitude));
  for (; at < last; at += 2) top = i16x8.max_s(top, i16x8.splat(load<i16>(at) & 0x7fff));
  if (v128.any_true(i16x8.ge_s(top, i16x8.splat(0x7c00)))) store<i32>(load<usize>(p, 4), 1);
}

/** Interleaves `rows` rows by eight elements: [turns][rows][8]. */
// @ts-ignore: decorator
@inline
function pack(to: usize, x: usize, stride: usize, turns: i32, rows: i32): void {
  const step = <usize>rows << 5;
  for (let r = 0; r < rows; r++) {
    let from = x + <usize>r * stride;
    let at = to + (<usize>r << 5);
    for (let t = 0; t < turns; t++) {
      v128.store(at, v128.load(from));
      v128.store(at, v128.load(from, 16), 16);
      from += 32;
      at += step;
    }
  }
}

/** Weight rows of one block back to back in f32: rows that lie far apart would cost a page each per tile. */
// @ts-ignore: decorator
@inline
function widen<T>(to: usize, w: usize, stride: usize, vectors: i32, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    let from = w + <usize>r * stride;
    for (let v = 0; v < vectors; v++) {
      v128.store(to, loadLanes<T>(from));
      from += 4 * sizeof<T>();
      to += 16;
    }
  }
}

/** The outputs of `tall` rows from m on and of `columns` from n0 on, whose sums lie in `at`. */
// @ts-ignore: decorator
@inline
function finishRows<T>(p: usize, at: usize, tall: i32, m: i32, n0: i32, columns: i32): void {
  const hop = <usize>tall << 5;
  const fours = load<i32>(p, 36) & 7 ? 0 : columns & ~3;
  for (let r = 0; r < tall; r++) {
    const sums = at + (<usize>r << 5);
    for (let n = 0; n < fours; n += 4) finishFour(p, sums + <usize>n * hop, hop, m + r, n0 + n);
    for (let n = fours; n < columns; n++) finish<T>(p, sums + <usize>n * hop, m + r, n0 + n);
  }
}

/** Rows of the next tile. Twelve sums of 256 bits fit into registers, or twelve of 128 bits where nothing else is needed. */
// @ts-ignore: decorator
@inline
function tileHeight(left: i32, wide: bool): i32 {
  if (wide && left >= 6) return 6;
  if (ASC_FEATURE_RELAXED_SIMD && left >= 3) return 3;
  return left >= 2 ? 2 : 1;
}

/**
 * Many rows of x: unit = one block of M_BLOCK × N_BLOCK outputs, numbered along M first. Sums are kept in scratch between
 * the passes over K, so the order of additions is that of `rows`.
 */
// @ts-ignore: decorator
@inline
function tiles<T>(p: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(p, 28);
  const N = load<i32>(p, 32);
  const K = load<i32>(p, 36) & ~7;
  const wide = load<i32>(p, 40) !== 0;
  const xStride = load<usize>(p, 4);
  const wStride = load<usize>(p, 12);
  const sums = scratch;
  const panel = sums + M_BLOCK * N_BLOCK * 32;
  const block = panel + K_BLOCK * 6 * 4;
  const mBlocks = (M + M_BLOCK - 1) / M_BLOCK;
  for (let unit = begin; unit < end; unit++) {
    const m0 = (unit % mBlocks) * M_BLOCK;
    const n0 = (unit / mBlocks) * N_BLOCK;
    const rows = min(M_BLOCK, M - m0);
    const columns = min(N_BLOCK, N - n0);
    const pairs = (columns + 1) >> 1;
    let k0 = 0;
    do {
      const depth = min(K_BLOCK, K - k0);
      const stride = <usize>depth << 2;
      widen<T>(block, load<usize>(p, 8) + <usize>n0 * wStride + <usize>k0 * sizeof<T>(), wStride, depth >> 2, columns);
      for (let m = 0; m < rows; ) {
        const tall = tileHeight(rows - m, wide);
        const x = load<usize>(p, 0) + <usize>(m0 + m) * xStride + (<usize>k0 << 2);
        pack(panel, x, xStride, depth >> 3, tall);
        const stop = panel + <usize>depth * (<usize>tall << 2);
        const first = sums + <usize>m * pairs * 64;
        if (k0 === 0) memory.fill(first, 0, <usize>tall * pairs * 64);
        let at = first;
        for (let n = 0; n < columns; n += 2) {
          const b = block + <usize>n * stride;
          // The second row of a last odd pair repeats the first; its sums are not stored.
          const next = n + 1 < columns ? stride : 0;
          if (tall === 6) dot6x2(panel, stop, b, next, at);
          else if (ASC_FEATURE_RELAXED_SIMD && tall === 3) dot3x2(panel, stop, b, next, at);
          else if (tall === 2) dot2x2(panel, stop, b, next, at);
          else dot1x2(panel, stop, b, next, at);
          at += <usize>tall << 6;
        }
        // At once, while the sums are in the first-level cache.
        if (k0 + depth === K) finishRows<T>(p, first, tall, m0 + m, n0, columns);
        m += tall;
      }
      k0 += K_BLOCK;
    } while (k0 < K);
  }
}

export function linearTilesF32(p: usize, begin: i32, end: i32, scratch: usize): void {
  tiles<f32>(p, begin, end, scratch);
}
export function linearTilesBf16(p: usize, begin: i32, end: i32, scratch: usize): void {
  tiles<u16>(p, begin, end, scratch);
}
export function linearTilesF16(p: usize, begin: i32, end: i32, scratch: usize): void {
  tiles<i16>(p, begin, end, scratch);
}
