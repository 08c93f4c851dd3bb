import { infinity, isInfinite, isNan, notANumber } from "./floats.ts";
import { helper, wgsl } from "./tag.ts";

/**
 * Division and root, correctly rounded. WGSL lets `/` be off by 2.5 units and `sqrt` by more; since the quotient is nearly
 * right, its remainder is a small integer that arithmetic modulo 2^32 has exactly, and says which neighbour is nearest.
 */

/** `significand·2^exponent` of a positive finite number, 2^23 ≤ significand < 2^24. */
const split = helper(wgsl`struct Split { significand: u32, exponent: i32 }`);

const splitFloat = helper(
  wgsl`fn splitFloat(bits: u32) -> ${split} {
    let field = bits >> 23u;
    let fraction = bits & 0x007fffffu;
    if (field > 0u) { return ${split}(fraction | 0x00800000u, i32(field) - 150); }
    let shift = countLeadingZeros(fraction) - 8u;
    return ${split}(fraction << shift, -149 - i32(shift));
  }`,
);

/**
 * `whole·2^exponent`, 2^24 ≤ whole < 2^25, to which something below 1 is to be added where `sticky`: rounded to nearest
 * even, as bits. Subnormals are right, and stay it where the device keeps them.
 */
const roundedBits = helper(
  wgsl`fn roundedBits(whole: u32, exponent: i32, sticky: bool) -> u32 {
    let field = exponent + 151;
    if (field >= 255) { return 0x7f800000u; }
    // One bit too many for a normal number, more for a subnormal one.
    let drop = u32(select(1, min(2 - field, 26), field <= 0));
    let kept = whole >> drop;
    let rest = whole & ((1u << drop) - 1u);
    let half = 1u << (drop - 1u);
    let up = rest > half || (rest == half && (sticky || (kept & 1u) == 1u));
    let base = select(0u, u32(field - 1) << 23u, field > 0);
    return base + kept + select(0u, 1u, up);
  }`,
);

/** a / b */
export const quotient = helper(
  wgsl`fn quotient(a: f32, b: f32) -> f32 {
    let bits = bitcast<u32>(a);
    let by = bitcast<u32>(b);
    let sign = (bits ^ by) & 0x80000000u;
    if (${isNan}(a)) { return a; }
    if (${isNan}(b)) { return b; }
    let n = bits & 0x7fffffffu;
    let d = by & 0x7fffffffu;
    if (n == 0x7f800000u) {
      if (d == 0x7f800000u) { return ${notANumber}(); }
      return ${infinity}(sign);
    }
    if (d == 0x7f800000u) { return bitcast<f32>(sign); }
    if (d == 0u) {
      if (n == 0u) { return ${notANumber}(); }
      return ${infinity}(sign);
    }
    if (n == 0u) { return bitcast<f32>(sign); }
    let x = ${splitFloat}(n);
    let y = ${splitFloat}(d);
    // q = ⌊x·2^shift / y⌋ with 2^24 ≤ q < 2^25.
    let shift = select(24u, 25u, x.significand < y.significand);
    var q = u32(f32(x.significand) / f32(y.significand) * f32(1u << shift));
    var rest = bitcast<i32>((x.significand << shift) - q * y.significand);
    for (var step = 0; step < 16 && rest < 0; step++) { q -= 1u; rest += i32(y.significand); }
    for (var step = 0; step < 16 && rest >= i32(y.significand); step++) { q += 1u; rest -= i32(y.significand); }
    let rounded = ${roundedBits}(q, x.exponent - y.exponent - i32(shift), rest != 0);
    return bitcast<f32>(rounded | sign);
  }`,
);

/** √x */
export const squareRoot = helper(
  wgsl`fn squareRoot(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    if (${isNan}(x) || (bits & 0x7fffffffu) == 0u) { return x; }
    if (bits > 0x80000000u) { return ${notANumber}(); }
    if (${isInfinite}(x)) { return x; }
    let parts = ${splitFloat}(bits);
    // x = s·2^e with an even e; r = ⌊√(s·2^24 or 25)⌋ with 2^23.5 ≤ r < 2^24.5, one bit more where that fits.
    let odd = u32(parts.exponent & 1);
    let s = parts.significand << odd;
    let e = parts.exponent - i32(odd);
    // √(s·2^26): s ≥ 2^23 gives r ≥ 2^24.5, s < 2^25 gives r < 2^25.5; its square modulo 2^32 is enough for the remainder.
    var r = u32(sqrt(f32(s)) * 8192.0);
    var rest = bitcast<i32>((s << 26u) - r * r);
    for (var step = 0; step < 16 && rest < 0; step++) { r -= 1u; rest += i32(2u * r + 1u); }
    for (var step = 0; step < 16 && rest > i32(2u * r); step++) { rest -= i32(2u * r + 1u); r += 1u; }
    let exponent = e / 2 - 13;
    if (r < 0x02000000u) { return bitcast<f32>(${roundedBits}(r, exponent, rest != 0)); }
    return bitcast<f32>(${roundedBits}(r >> 1u, exponent + 1, rest != 0 || (r & 1u) == 1u));
  }`,
);

/** 1 / √x within a unit. */
export const inverseRoot = helper(wgsl`fn inverseRoot(x: f32) -> f32 { return ${quotient}(1.0, ${squareRoot}(x)); }`);
