import { maxLanes } from "./lanes";

// Rows of 8-bit levels with one f32 scale each: level = x / scale to nearest even, scale = max |x| / 127.
//
// Parameters: 0 out   1 x   2 scales   3 D. Unit = one row; rows follow one another.

/** out[row] = max |x| / 127; NaN if there is one. */
export function int8Scales(p: usize, begin: i32, end: i32, scratch: usize): void {
  const D = load<i32>(p, 12);
  for (let row = begin; row < end; row++) {
    const x = load<usize>(p, 4) + ((<usize>row * D) << 2);
    let top = f32x4.splat(0);
    let d = 0;
    for (; d + 4 <= D; d += 4) top = f32x4.max(top, f32x4.abs(v128.load(x + (<usize>d << 2))));
    for (; d < D; d++) top = f32x4.max(top, f32x4.abs(v128.load32_splat(x + (<usize>d << 2))));
    store<f32>(load<usize>(p, 0) + (<usize>row << 2), maxLanes(top) / 127);
  }
}

/** Levels of four elements, in i32. */
// @ts-ignore: decorator
@inline
function levels(x: v128, scale: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(x, scale)));
}

export function int8Levels(p: usize, begin: i32, end: i32, scratch: usize): void {
  const D = load<i32>(p, 12);
  for (let row = begin; row < end; row++) {
    const x = load<usize>(p, 4) + ((<usize>row * D) << 2);
    const out = load<usize>(p, 0) + <usize>row * D;
    const scale = v128.load32_splat(load<usize>(p, 8) + (<usize>row << 2));
    let d = 0;
    for (; d + 8 <= D; d += 8) {
      const at = x + (<usize>d << 2);
      const words = i16x8.narrow_i32x4_s(levels(v128.load(at), scale), levels(v128.load(at, 16), scale));
      v128.store64_lane(out + <usize>d, i8x16.narrow_i16x8_s(words, words), 0);
    }
    for (; d < D; d++) {
      const level = i32x4.extract_lane(levels(v128.load32_splat(x + (<usize>d << 2)), scale), 0);
      store<i8>(out + <usize>d, <i8>max(-128, min(127, level)));
    }
  }
}
