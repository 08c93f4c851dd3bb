// Idioms of the quantised kernels. Vectors of constants are read from memory: V8 would rebuild one in every turn of a loop
// (1.5 times slower on Node 24).

/**
 * The values of iq4_nl and iq4_xs are signed bytes up to 127, too large for `dot8` to add up in 16 bits. Value + 127 =
 * 17 · first + second, with digits of at most 14 and 16: two products of small numbers instead.
 */
export const FIRST_DIGITS: usize = memory.data<u8>([0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 8, 9, 10, 11, 12, 14], 16);
export const SECOND_DIGITS: usize = memory.data<u8>([0, 6, 10, 11, 10, 7, 3, 15, 9, 4, 16, 12, 10, 9, 12, 2], 16);

/**
 * Eight sums of two products, signed bytes × bytes below 128; exact, since |2·127·128| < 2¹⁵. Without relaxed SIMD by even
 * and odd bytes.
 */
// @ts-ignore: decorator
@inline
export function dot8(x: v128, w: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i16x8.relaxed_dot_i8x16_i7x16_s(x, w);
  const even = i16x8.mul(i16x8.shr_s(i16x8.shl(x, 8), 8), v128.and(w, i16x8.splat(0xff)));
  return i16x8.add(even, i16x8.mul(i16x8.shr_s(x, 8), i16x8.shr_u(w, 8)));
}

/** Four sums of four products of signed bytes, in 32 bits. */
// @ts-ignore: decorator
@inline
export function dotValues(x: v128, w: v128): v128 {
  const even = i32x4.dot_i16x8_s(i16x8.shr_s(i16x8.shl(x, 8), 8), i16x8.shr_s(i16x8.shl(w, 8), 8));
  return i32x4.add(even, i32x4.dot_i16x8_s(i16x8.shr_s(x, 8), i16x8.shr_s(w, 8)));
}

/** Entries 0 … 15 of a table of bytes. */
// @ts-ignore: decorator
@inline
export function lookUp(table: v128, index: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i8x16.relaxed_swizzle(table, index);
  return i8x16.swizzle(table, index);
}
