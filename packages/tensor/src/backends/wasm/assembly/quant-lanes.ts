// Idioms of the quantised kernels. Masks are read from memory: V8 would rebuild a constant vector in every turn of a loop
// (1.5 times slower on Node 24).

/** 0x0f × 16 */
export const NIBBLES: usize = memory.data<u8>([15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15], 16);
/** 0x30 × 16 */
export const HIGH_BITS: usize = memory.data<u8>([48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48], 16);

/**
 * Eight sums of two products, signed bytes × bytes below 128; exact, since |2·128·127| < 2¹⁵. Without relaxed SIMD by even
 * and odd bytes.
 */
// @ts-ignore: decorator
@inline
export function dot8(x: v128, w: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i16x8.relaxed_dot_i8x16_i7x16_s(x, w);
  const even = i16x8.mul(i16x8.shr_s(i16x8.shl(x, 8), 8), v128.and(w, i16x8.splat(0xff)));
  return i16x8.add(even, i16x8.mul(i16x8.shr_s(x, 8), i16x8.shr_u(w, 8)));
}

/** Four f16 scales → f32. A file's scales are finite. */
// @ts-ignore: decorator
@inline
export function scales(at: usize, offset: usize): v128 {
  const half = v128.load16x4_s(at + offset);
  // Sign-extended, so bits 28–30 repeat the sign.
  const bits = v128.and(i32x4.shl(half, 13), i32x4.splat(0x8fffffff));
  return f32x4.mul(bits, f32x4.splat(5.192296858534828e33));
}

/** Four unsigned bytes → f32. */
// @ts-ignore: decorator
@inline
export function bytesToFloats(at: usize, offset: usize): v128 {
  const bytes = v128.load32_zero(at + offset);
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}

/** Four signed bytes → f32. */
// @ts-ignore: decorator
@inline
export function signedToFloats(at: usize, offset: usize): v128 {
  const bytes = v128.load32_zero(at + offset);
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(bytes)));
}
