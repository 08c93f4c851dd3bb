// Mixing of values of 8 bits by weights of 16: sums of i16 × i8 in i32, two values to a product. Used by attention-int8.ts,
// where the words of the parameters are named.

/** A chunk's weights: 64 i16, room for one more, and their scale. */
export const WEIGHTS: usize = 144;
export const WEIGHT_SCALE: usize = 136;

// @ts-ignore: decorator
@inline
function addScaled(at: usize, sums: v128, scale: v128): void {
  v128.store(at, f32x4.add(v128.load(at), f32x4.mul(f32x4.convert_i32x4_s(sums), scale)));
}

/** Bytes of two rows side by side: lanes d, d + 1, … of each in turn. */
// @ts-ignore: decorator
@inline
function low(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function high(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** sums + 4 products of two values each with their weights. */
// @ts-ignore: decorator
@inline
function mixLow(sums: v128, bytes: v128, weights: v128): v128 {
  return i32x4.add(sums, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(bytes), weights));
}

// @ts-ignore: decorator
@inline
function mixHigh(sums: v128, bytes: v128, weights: v128): v128 {
  return i32x4.add(sums, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(bytes), weights));
}

/** out[0 … 31] += Σ w·v of one row; an odd number of weights is followed by a 0. */
function mix1x32(weights: usize, count: i32, v: usize, step: usize, scale: v128, out: usize): void {
  let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
  let a4 = i32x4.splat(0), a5 = i32x4.splat(0), a6 = i32x4.splat(0), a7 = i32x4.splat(0);
  for (let i = 0; i < count; i += 2) {
    const pair = v128.load32_splat(weights);
    const next = i + 1 < count ? v + step : v;
    let x = v128.load(v);
    let y = v128.load(next);
    let bytes = low(x, y);
    a0 = mixLow(a0, bytes, pair);
    a1 = mixHigh(a1, bytes, pair);
    bytes = high(x, y);
    a2 = mixLow(a2, bytes, pair);
    a3 = mixHigh(a3, bytes, pair);
    x = v128.load(v, 16);
    y = v128.load(next, 16);
    bytes = low(x, y);
    a4 = mixLow(a4, bytes, pair);
    a5 = mixHigh(a5, bytes, pair);
    bytes = high(x, y);
    a6 = mixLow(a6, bytes, pair);
    a7 = mixHigh(a7, bytes, pair);
    weights += 4;
    v += step << 1;
  }
  addScaled(out, a0, scale);
  addScaled(out + 16, a1, scale);
  addScaled(out + 32, a2, scale);
  addScaled(out + 48, a3, scale);
  addScaled(out + 64, a4, scale);
  addScaled(out + 80, a5, scale);
  addScaled(out + 96, a6, scale);
  addScaled(out + 112, a7, scale);
}

/** out[0 … 15] += Σ w·v of one row. */
function mix1x16(weights: usize, count: i32, v: usize, step: usize, scale: v128, out: usize): void {
  let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
  for (let i = 0; i < count; i += 2) {
    const pair = v128.load32_splat(weights);
    const x = v128.load(v);
    const y = v128.load(i + 1 < count ? v + step : v);
    let bytes = low(x, y);
    a0 = mixLow(a0, bytes, pair);
    a1 = mixHigh(a1, bytes, pair);
    bytes = high(x, y);
    a2 = mixLow(a2, bytes, pair);
    a3 = mixHigh(a3, bytes, pair);
    weights += 4;
    v += step << 1;
  }
  addScaled(out, a0, scale);
  addScaled(out + 16, a1, scale);
  addScaled(out + 32, a2, scale);
  addScaled(out + 48, a3, scale);
}

/** As `mix1x16` for two rows, whose weights lie WEIGHTS and whose results `width` bytes apart. */
function mix2x16(weights: usize, first: usize, count: i32, v: usize, step: usize, out: usize, width: usize): void {
  let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
  let b0 = i32x4.splat(0), b1 = i32x4.splat(0), b2 = i32x4.splat(0), b3 = i32x4.splat(0);
  let at = weights + first;
  for (let i = 0; i < count; i += 2) {
    const pa = v128.load32_splat(at);
    const pb = v128.load32_splat(at, WEIGHTS);
    const x = v128.load(v);
    const y = v128.load(i + 1 < count ? v + step : v);
    let bytes = low(x, y);
    let values = i16x8.extend_low_i8x16_s(bytes);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(values, pa));
    b0 = i32x4.add(b0, i32x4.dot_i16x8_s(values, pb));
    values = i16x8.extend_high_i8x16_s(bytes);
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(values, pa));
    b1 = i32x4.add(b1, i32x4.dot_i16x8_s(values, pb));
    bytes = high(x, y);
    values = i16x8.extend_low_i8x16_s(bytes);
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(values, pa));
    b2 = i32x4.add(b2, i32x4.dot_i16x8_s(values, pb));
    values = i16x8.extend_high_i8x16_s(bytes);
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(values, pa));
    b3 = i32x4.add(b3, i32x4.dot_i16x8_s(values, pb));
    at += 4;
    v += step << 1;
  }
  const sa = v128.load32_splat(weights, WEIGHT_SCALE);
  const sb = v128.load32_splat(weights + WEIGHTS, WEIGHT_SCALE);
  addScaled(out, a0, sa);
  addScaled(out + 16, a1, sa);
  addScaled(out + 32, a2, sa);
  addScaled(out + 48, a3, sa);
  addScaled(out + width, b0, sb);
  addScaled(out + width + 16, b1, sb);
  addScaled(out + width + 32, b2, sb);
  addScaled(out + width + 48, b3, sb);
}

/** mixed += Σ w·v of all rows over `count` values that follow one another, the first being the chunk's `first`. */
export function mixRun(p: usize, rows: i32, weights: usize, first: i32, mixed: usize, width: usize, values: usize, count: i32): void {
  const step = load<usize>(p, 108);
  const skip = <usize>first << 1;
  let r = 0;
  for (; r + 2 <= rows; r += 2) {
    const w = weights + <usize>r * WEIGHTS;
    for (let d: usize = 0; d < width >> 2; d += 16)
      mix2x16(w, skip, count, values + d, step, mixed + <usize>r * width + (d << 2), width);
  }
  if (r === rows) return;
  const w = weights + <usize>r * WEIGHTS;
  const scale = v128.load32_splat(w, WEIGHT_SCALE);
  const out = mixed + <usize>r * width;
  let d: usize = 0;
  for (; d + 32 <= width >> 2; d += 32) mix1x32(w + skip, count, values + d, step, scale, out + (d << 2));
  if (d < width >> 2) mix1x16(w + skip, count, values + d, step, scale, out + (d << 2));
}

/** Exchanges the weight at `at` of all rows with what is kept in `kept`. */
export function swapWeights(rows: i32, at: usize, kept: usize): void {
  for (let r: usize = 0; r < <usize>rows; r++) {
    const weight = load<u16>(at + r * WEIGHTS);
    store<u16>(at + r * WEIGHTS, load<u16>(kept + (r << 1)));
    store<u16>(kept + (r << 1), weight);
  }
}
