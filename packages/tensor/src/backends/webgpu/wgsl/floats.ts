import { helper, wgsl } from "./tag.ts";

/**
 * What a float is, by its bits. Devices may compute as if there were no NaN, and SwiftShader has `n != n` false and
 * `max(n, 1)` 1 for a NaN n; comparing integers is sound everywhere.
 */
export const isNan = helper(wgsl`fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }`);

/** ±∞ */
export const isInfinite = helper(
  wgsl`fn isInfinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }`,
);

/** The float of some bits. As an expression of constants, those of NaN and ∞ are errors of WGSL; this is none. */
export const floatOf = helper(wgsl`fn floatOf(bits: u32) -> f32 { return bitcast<f32>(bits); }`);

/** A quiet NaN, as a u32 that no compiler sees through is turned into a float. */
export const notANumber = helper(wgsl`fn notANumber() -> f32 { var bits = 0x7fc00000u; return bitcast<f32>(bits); }`);

/** ∞ with the sign bit of `sign`. */
export const infinity = helper(
  wgsl`fn infinity(sign: u32) -> f32 { return bitcast<f32>(0x7f800000u | (sign & 0x80000000u)); }`,
);

/** −x, of NaN and 0 too. */
export const negated = helper(wgsl`fn negated(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ 0x80000000u); }`);

/** |x| */
export const magnitude = helper(
  wgsl`fn magnitude(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0x7fffffffu); }`,
);

/** |x| with the sign of `sign`. */
export const withSign = helper(
  wgsl`fn withSign(x: f32, sign: f32) -> f32 {
    return bitcast<f32>((bitcast<u32>(x) & 0x7fffffffu) | (bitcast<u32>(sign) & 0x80000000u));
  }`,
);

/** 2ᵉ for −126 ≤ e ≤ 127. */
export const powerOfTwo = helper(
  wgsl`fn powerOfTwo(e: i32) -> f32 { return bitcast<f32>(bitcast<u32>(e + 127) << 23u); }`,
);

/** The exponent of a normal number. */
export const exponentOf = helper(
  wgsl`fn exponentOf(x: f32) -> i32 { return i32((bitcast<u32>(x) >> 23u) & 0xffu) - 127; }`,
);

/** |x| / 2^exponent of a normal number: 1 ≤ m < 2. */
export const mantissaOf = helper(
  wgsl`fn mantissaOf(x: f32) -> f32 { return bitcast<f32>((bitcast<u32>(x) & 0x007fffffu) | 0x3f800000u); }`,
);

/** The larger of two, NaN if either is; which zero wins is open. */
export const larger = helper(
  wgsl`fn larger(a: f32, b: f32) -> f32 {
    if (${isNan}(a)) { return a; }
    return select(b, a, !${isNan}(b) && a > b);
  }`,
);

/** The smaller of two, NaN if either is. */
export const smaller = helper(
  wgsl`fn smaller(a: f32, b: f32) -> f32 {
    if (${isNan}(a)) { return a; }
    return select(b, a, !${isNan}(b) && a < b);
  }`,
);

/** a = b; no comparison with NaN is true. */
export const isEqual = helper(
  wgsl`fn isEqual(a: f32, b: f32) -> bool { return !${isNan}(a) && !${isNan}(b) && a == b; }`,
);

export const isLess = helper(wgsl`fn isLess(a: f32, b: f32) -> bool { return !${isNan}(a) && !${isNan}(b) && a < b; }`);

export const isAtMost = helper(
  wgsl`fn isAtMost(a: f32, b: f32) -> bool { return !${isNan}(a) && !${isNan}(b) && a <= b; }`,
);

/** The nearest whole number of |x| < 2^22, ties to even: adding 1.5·2^23 leaves no bits for a fraction. */
export const nearestWhole = helper(
  wgsl`fn nearestWhole(x: f32) -> f32 {
    // What is above 1.5·2^23 is counted in the bits: compilers take (x + c) − c for x (Mesa does, through bitcasts too).
    return f32(bitcast<i32>(x + 12582912.0) - 0x4b400000);
  }`,
);
