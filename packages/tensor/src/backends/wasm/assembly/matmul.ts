import { outer1x8, outer2x8, outer4x8, outer6x8 } from "./generated/outer-tiles";

// Parameters, in 32-bit words.
//  0 a      1 a row stride (bytes)   2 b     3 b row stride (bytes)   4 out   5 out row stride (bytes)
//  6 M      7 N                      8 K   9 rows of a block   10 columns of a block (a multiple of 8)
//  11 b is stored as bᵀ: its columns are the rows at 2
// A block's sums and its columns of one K pass lie in scratch.

/** K per pass of a tile, so that its packed rows and columns stay in the first-level cache. */
const K_BLOCK: i32 = 256;
/** Bytes of a row of a tile: eight columns. */
const TILE: usize = 32;

/** Rows of the next tile. */
// @ts-ignore: decorator
@inline
function tileRows(left: i32): i32 {
  if (ASC_FEATURE_RELAXED_SIMD && left >= 6) return 6;
  return left >= 4 ? 4 : left >= 2 ? 2 : 1;
}

/** Vectors of two rows → (a0 b0 a1 b1) and (a2 b2 a3 b3). */
// @ts-ignore: decorator
@inline
function lowPairs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}

// @ts-ignore: decorator
@inline
function highPairs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

/** Two rows of a from column r of [k][rows] on. */
// @ts-ignore: decorator
@inline
function packTwo(to: usize, step: usize, a: usize, stride: usize, depth: i32): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const x = v128.load(a);
    const y = v128.load(a + stride);
    const low = lowPairs(x, y);
    const high = highPairs(x, y);
    v128.store64_lane(to, low, 0);
    v128.store64_lane(to + step, low, 1);
    v128.store64_lane(to + 2 * step, high, 0);
    v128.store64_lane(to + 3 * step, high, 1);
    a += 16;
    to += 4 * step;
  }
  for (; k < depth; k++) {
    store<f32>(to, load<f32>(a));
    store<f32>(to, load<f32>(a + stride), 4);
    a += 4;
    to += step;
  }
}

/** Rows of a side by side: [k][rows], an even number or one. */
// @ts-ignore: decorator
@inline
function packRows(to: usize, a: usize, stride: usize, depth: i32, rows: i32): void {
  if (rows === 1) return memory.copy(to, a, <usize>depth << 2);
  for (let r = 0; r < rows; r += 2)
    packTwo(to + (<usize>r << 2), <usize>rows << 2, a + <usize>r * stride, stride, depth);
}

/** As `packColumns` from the rows of bᵀ. */
// @ts-ignore: decorator
@inline
function packTransposed(to: usize, b: usize, stride: usize, depth: i32, columns: i32): void {
  for (let n = 0; n < columns; n += 8) {
    const count = min(8, columns - n);
    const from = b + <usize>n * stride;
    if (count < 8) memory.fill(to, 0, <usize>depth * TILE);
    let r = 0;
    for (; r + 2 <= count; r += 2) packTwo(to + (<usize>r << 2), TILE, from + <usize>r * stride, stride, depth);
    if (r < count) {
      const last = from + <usize>r * stride;
      for (let k: usize = 0; k < <usize>depth; k++)
        store<f32>(to + (<usize>r << 2) + k * TILE, load<f32>(last + (k << 2)));
    }
    to += <usize>depth * TILE;
  }
}

/** Columns of b in panels of eight, [panel][k][8], two panels (a cache line) at a time; the last is padded with zeros. */
// @ts-ignore: decorator
@inline
function packColumns(to: usize, b: usize, stride: usize, depth: i32, columns: i32): void {
  const panel = <usize>depth * TILE;
  let n = 0;
  for (; n + 16 <= columns; n += 16) {
    let from = b + (<usize>n << 2);
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      v128.store(to + panel, v128.load(from, 32));
      v128.store(to + panel, v128.load(from, 48), 16);
      from += stride;
      to += TILE;
    }
    to += panel;
  }
  for (; n < columns; n += 8) {
    const bytes = <usize>min(8, columns - n) << 2;
    let from = b + (<usize>n << 2);
    for (let k = 0; k < depth; k++) {
      if (bytes < TILE) memory.fill(to, 0, TILE);
      memory.copy(to, from, bytes);
      from += stride;
      to += TILE;
    }
  }
}

// @ts-ignore: decorator
@inline
function tile(rows: i32, a: usize, end: usize, b: usize, sums: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD && rows === 6) outer6x8(a, end, b, TILE, sums);
  else if (rows === 4) outer4x8(a, end, b, TILE, sums);
  else if (rows === 2) outer2x8(a, end, b, TILE, sums);
  else outer1x8(a, end, b, TILE, sums);
}

/**
 * out = a·b, a [M, K] and b [K, N] with contiguous rows: unit = one block of outputs, numbered along M
 * first. Sums are kept in scratch, [tile][panel][row][8], between the passes over K, which adds k one by one.
 */
export function matmulF32(p: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(p, 24);
  const N = load<i32>(p, 28);
  const K = load<i32>(p, 32);
  const aStride = load<usize>(p, 4);
  const bStride = load<usize>(p, 12);
  const blockRows = load<i32>(p, 36);
  const blockColumns = load<i32>(p, 40);
  const sums = scratch;
  const packedRows = sums + ((<usize>blockRows * blockColumns) << 2);
  const packedColumns = packedRows + K_BLOCK * 6 * 4;
  const mBlocks = (M + blockRows - 1) / blockRows;
  for (let unit = begin; unit < end; unit++) {
    const m0 = (unit % mBlocks) * blockRows;
    const n0 = (unit / mBlocks) * blockColumns;
    const rows = min(blockRows, M - m0);
    const columns = min(blockColumns, N - n0);
    const panels = (columns + 7) >> 3;
    memory.fill(sums, 0, <usize>rows * panels * TILE);
    for (let k0 = 0; k0 < K; k0 += K_BLOCK) {
      const depth = min(K_BLOCK, K - k0);
      const from = load<usize>(p, 8);
      if (load<i32>(p, 44))
        packTransposed(packedColumns, from + <usize>n0 * bStride + (<usize>k0 << 2), bStride, depth, columns);
      else packColumns(packedColumns, from + <usize>k0 * bStride + (<usize>n0 << 2), bStride, depth, columns);
      let at = sums;
      for (let m = 0; m < rows; ) {
        const tall = tileRows(rows - m);
        packRows(packedRows, load<usize>(p, 0) + <usize>(m0 + m) * aStride + (<usize>k0 << 2), aStride, depth, tall);
        const stop = packedRows + ((<usize>depth * tall) << 2);
        let b = packedColumns;
        for (let panel = 0; panel < panels; panel++) {
          tile(tall, packedRows, stop, b, at);
          b += <usize>depth * TILE;
          at += <usize>tall * TILE;
        }
        m += tall;
      }
    }
    storeBlock(p, sums, m0, n0, rows, columns);
  }
}

/** Sums of one block to their places in out. */
// @ts-ignore: decorator
@inline
function storeBlock(p: usize, sums: usize, m0: i32, n0: i32, rows: i32, columns: i32): void {
  for (let m = 0; m < rows; ) {
    const tall = tileRows(rows - m);
    for (let n = 0; n < columns; n += 8) {
      const bytes = <usize>min(8, columns - n) << 2;
      for (let r = 0; r < tall; r++) {
        const out = load<usize>(p, 16) + <usize>(m0 + m + r) * load<usize>(p, 20) + (<usize>(n0 + n) << 2);
        if (bytes === TILE) {
          v128.store(out, v128.load(sums));
          v128.store(out, v128.load(sums, 16), 16);
        } else memory.copy(out, sums, bytes);
        sums += TILE;
      }
    }
    m += tall;
  }
}
