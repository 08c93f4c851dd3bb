import { loadElement, loadLanes, sumLanes } from "./lanes";
import {
  dot1x2, dot4x2, dot5x2, dot6x2, dotRow1Bf16, dotRow1F16, dotRow1F32, dotRow1FiniteF16, dotRow4F16, dotRow8Bf16, dotRow8F32, dotRow8FiniteF16,
} from "./generated/dot-tiles";

// Parameters of the products, in 32-bit words.
//  0 x      1 x row stride (bytes)   2 w     3 w row stride (bytes)   4 out   5 out row stride (bytes)
//  6 bias (f32, 0: none)             7 M     8 N                      9 K

/** Columns of one block of tiles: with a K block they stay in the second-level cache. */
const N_BLOCK: i32 = 64;
/** Rows of one block of tiles. */
const M_BLOCK: i32 = 96;
/** Bytes of a weight row up to which the next ones are touched ahead of their use. */
const SHORT_ROW: usize = 2304;
/** K per pass of a tile, so that six packed rows stay in the first-level cache. */
const K_BLOCK: i32 = 512;

/** Lanes added up, the elements past a multiple of four one by one, the bias last. */
// @ts-ignore: decorator
@inline
function finish<T>(p: usize, sums: v128, m: i32, n: i32): void {
  const K = load<i32>(p, 36);
  let total = sumLanes(sums);
  if (K & 3) {
    const x = load<usize>(p, 0) + <usize>m * load<usize>(p, 4);
    const w = load<usize>(p, 8) + <usize>n * load<usize>(p, 12);
    for (let k = K & ~3; k < K; k++) total += load<f32>(x + (<usize>k << 2)) * loadElement<T>(w + <usize>k * sizeof<T>());
  }
  const bias = load<usize>(p, 24);
  if (bias) total += load<f32>(bias + (<usize>n << 2));
  store<f32>(load<usize>(p, 16) + <usize>m * load<usize>(p, 20) + (<usize>n << 2), total);
}

// @ts-ignore: decorator
@inline
function row8<T>(finite: bool, x: usize, vectors: i32, w: usize, stride: usize, sums: usize, next: usize, hop: usize): void {
  if (isFloat<T>()) dotRow8F32(x, vectors, w, stride, sums);
  else if (!isSigned<T>()) dotRow8Bf16(x, vectors, w, stride, sums, next, hop);
  else if (finite) dotRow8FiniteF16(x, vectors, w, stride, sums, next, hop);
  else {
    // The conversion needs registers.
    dotRow4F16(x, vectors, w, stride, sums);
    dotRow4F16(x, vectors, w + 4 * stride, stride, sums + 64);
  }
}

// @ts-ignore: decorator
@inline
function row1<T>(finite: bool, x: usize, vectors: i32, w: usize, sums: usize): void {
  if (isFloat<T>()) dotRow1F32(x, vectors, w, 0, sums);
  else if (!isSigned<T>()) dotRow1Bf16(x, vectors, w, 0, sums);
  else if (finite) dotRow1FiniteF16(x, vectors, w, 0, sums);
  else dotRow1F16(x, vectors, w, 0, sums);
}

/** A few rows of x against groups of eight weight rows, weights read as stored: unit = one group. */
// @ts-ignore: decorator
@inline
function rows<T>(p: usize, begin: i32, end: i32, sums: usize, finite: bool): void {
  const M = load<i32>(p, 28);
  const N = load<i32>(p, 32);
  const vectors = load<i32>(p, 36) >> 2;
  const stride = load<usize>(p, 12);
  for (let group = begin; group < end; group++) {
    const n0 = group << 3;
    const count = min(8, N - n0);
    const w = load<usize>(p, 8) + <usize>n0 * stride;
    // The next group, where its rows are short and there is one.
    const ahead = stride <= SHORT_ROW && n0 + 16 <= N;
    const next = ahead ? w + 8 * stride : w;
    const hop: usize = ahead ? 128 : 0;
    for (let m = 0; m < M; m++) {
      const x = load<usize>(p, 0) + <usize>m * load<usize>(p, 4);
      if (count === 8) row8<T>(finite, x, vectors, w, stride, sums, next, hop);
      else for (let n = 0; n < count; n++) row1<T>(finite, x, vectors, w + <usize>n * stride, sums + (<usize>n << 4));
      for (let n = 0; n < count; n++) finish<T>(p, v128.load(sums + (<usize>n << 4)), m, n0 + n);
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

/** Interleaves `rows` rows by vectors: [vectors][rows][4]. */
// @ts-ignore: decorator
@inline
function pack(to: usize, x: usize, stride: usize, vectors: i32, rows: i32): void {
  const step = <usize>rows << 4;
  for (let r = 0; r < rows; r++) {
    let from = x + <usize>r * stride;
    let at = to + (<usize>r << 4);
    for (let v = 0; v < vectors; v++) {
      v128.store(at, v128.load(from));
      from += 16;
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

/**
 * Many rows of x: unit = one block of M_BLOCK × N_BLOCK outputs, numbered along M first. Sums are kept in scratch between
 * the passes over K, so the order of additions is that of `rows`.
 */
// @ts-ignore: decorator
@inline
function tiles<T>(p: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(p, 28);
  const N = load<i32>(p, 32);
  const K = load<i32>(p, 36) & ~3;
  const xStride = load<usize>(p, 4);
  const wStride = load<usize>(p, 12);
  const sums = scratch;
  const panel = sums + M_BLOCK * N_BLOCK * 16;
  const wide = panel + K_BLOCK * 6 * 4;
  const mBlocks = (M + M_BLOCK - 1) / M_BLOCK;
  const height = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;
  for (let unit = begin; unit < end; unit++) {
    const m0 = (unit % mBlocks) * M_BLOCK;
    const n0 = (unit / mBlocks) * N_BLOCK;
    const rows = min(M_BLOCK, M - m0);
    const columns = min(N_BLOCK, N - n0);
    const pairs = (columns + 1) >> 1;
    memory.fill(sums, 0, <usize>rows * pairs * 32);
    for (let k0 = 0; k0 < K; k0 += K_BLOCK) {
      const depth = min(K_BLOCK, K - k0);
      const vectors = depth >> 2;
      const stride = <usize>depth << 2;
      widen<T>(wide, load<usize>(p, 8) + <usize>n0 * wStride + <usize>k0 * sizeof<T>(), wStride, vectors, columns);
      let m = 0;
      while (m < rows) {
        const left = rows - m;
        const tall = left >= height ? height : left >= 4 ? 4 : 1;
        const x = load<usize>(p, 0) + <usize>(m0 + m) * xStride + (<usize>k0 << 2);
        pack(panel, x, xStride, vectors, tall);
        const stop = panel + <usize>vectors * (<usize>tall << 4);
        let at = sums + <usize>m * pairs * 32;
        for (let n = 0; n < columns; n += 2) {
          const b = wide + <usize>n * stride;
          // The second row of a last odd pair repeats the first; its sums are not stored.
          const next = n + 1 < columns ? stride : 0;
          if (ASC_FEATURE_RELAXED_SIMD && tall === 6) dot6x2<f32>(panel, stop, b, next, at);
          else if (!ASC_FEATURE_RELAXED_SIMD && tall === 5) dot5x2<f32>(panel, stop, b, next, at);
          else if (tall === 4) dot4x2<f32>(panel, stop, b, next, at);
          else dot1x2<f32>(panel, stop, b, next, at);
          at += <usize>tall << 5;
        }
        m += tall;
      }
    }
    let m = 0;
    while (m < rows) {
      const left = rows - m;
      const tall = left >= height ? height : left >= 4 ? 4 : 1;
      for (let n = 0; n < columns; n++) {
        const at = sums + <usize>m * pairs * 32 + <usize>n * (<usize>tall << 4);
        for (let r = 0; r < tall; r++) finish<T>(p, v128.load(at + (<usize>r << 4)), m0 + m + r, n0 + n);
      }
      m += tall;
    }
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
