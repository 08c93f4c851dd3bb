import { erfcLog, erfSmall, expTail, LN2_HIGH, LN2_LOW, logTail, tanhTail } from "../../exponential-coefficients.ts";
import {
  floatOf,
  infinity,
  isNan,
  mantissaOf,
  exponentOf,
  negated,
  notANumber,
  powerOfTwo,
  withSign,
} from "./floats.ts";
import { helper, polynomial, wgsl } from "./tag.ts";

/**
 * Exponentials within a unit or two of f32 on every device: WGSL lets its `exp` be off by 3 + 2|x| units, and SwiftShader's
 * `tanh(100)` is NaN.
 */

/** eˣ = 2ⁿ·eʳ with n = ⌊x/ln 2⌉ */
export const exponential = helper(
  wgsl`fn exponential(x: f32) -> f32 {
    if (${isNan}(x)) { return x; }
    if (x > 89.0) { return ${infinity}(0u); }
    if (x < -104.0) { return 0.0; }
    let n = floor(x * ${Math.LOG2E} + 0.5);
    let r = x - n * ${LN2_HIGH} - n * ${LN2_LOW};
    let p = 1.0 + (r + r * r * ${polynomial("r", expTail)});
    // In two steps: 2^128 alone would be infinite, 2^−150 alone 0.
    let half = i32(n) / 2;
    return p * ${powerOfTwo}(half) * ${powerOfTwo}(i32(n) - half);
  }`,
);

/** ln x = e·ln 2 + ln m with √½ < m ≤ √2. */
export const logarithm = helper(
  wgsl`fn logarithm(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    if (${isNan}(x) || bits == 0x7f800000u) { return x; }
    if ((bits & 0x7fffffffu) == 0u) { return ${infinity}(0x80000000u); }
    if (bits >= 0x80000000u) { return ${notANumber}(); }
    var normal = x;
    var e = 0.0;
    if (bits < 0x00800000u) {
      // The fraction as a whole number: multiplying a subnormal would flush it.
      normal = f32(bits);
      e = -149.0;
    }
    e += f32(${exponentOf}(normal));
    var m = ${mantissaOf}(normal);
    if (m > ${Math.SQRT2}) { m *= 0.5; e += 1.0; }
    let f = m - 1.0;
    let z = f * f;
    let y = f * z * ${polynomial("f", logTail)} + e * ${LN2_LOW} - 0.5 * z;
    return f + y + e * ${LN2_HIGH};
  }`,
);

/** tanh x = 1 − 2/(e²ˣ + 1) away from 0. */
export const hyperbolicTangent = helper(
  wgsl`fn hyperbolicTangent(x: f32) -> f32 {
    if (${isNan}(x)) { return x; }
    let a = abs(x);
    let z = x * x;
    if (a < 0.625) { return x + x * z * ${polynomial("z", tanhTail)}; }
    if (a > 10.0) { return ${withSign}(1.0, x); }
    return ${withSign}(1.0 - 2.0 / (${exponential}(2.0 * a) + 1.0), x);
  }`,
);

/** erf x; above 1 by its complement e^(−q(x)), above 4 it is 1 in f32. */
export const errorFunction = helper(
  wgsl`fn errorFunction(x: f32) -> f32 {
    if (${isNan}(x)) { return x; }
    let a = abs(x);
    let z = x * x;
    // The second summand would be subnormal, which may be taken for 0.
    if (a < ${2 ** -100}) { return x * ${2 / Math.sqrt(Math.PI)}; }
    if (a < 1.0) { return x + x * ${polynomial("z", erfSmall)}; }
    if (a > 4.0) { return ${withSign}(1.0, x); }
    return ${withSign}(1.0 - ${exponential}(-${polynomial("a", erfcLog)}), x);
  }`,
);

/** log₂ of 1, 17/16, … 2 in two parts, of which the first is a multiple of 2^−10; those of 1 and 2 are exact. */
const middles = Array.from({ length: 17 }, (_, k) => Math.log2(1 + k / 16));
const coarse = middles.map((value) => Math.round(value * 1024) / 1024);

const log2Coarse = helper(wgsl`const log2Coarse = array<f32, 17>(${coarse.join(", ")});`);
const log2Fine = helper(
  wgsl`const log2Fine = array<f32, 17>(${middles.map((value, k) => value - (coarse[k] ?? 0)).join(", ")});`,
);

/**
 * aᵇ for finite a > 0. The logarithm keeps its leading bits apart, so that the error of the product b·log₂ a, which the
 * result shows magnified, stays near one unit.
 */
const powerOfMagnitude = helper(
  wgsl`fn powerOfMagnitude(a: f32, b: f32) -> f32 {
    var normal = a;
    var e = 0.0;
    if (bitcast<u32>(a) < 0x00800000u) { normal = f32(bitcast<u32>(a)); e = -149.0; }
    e += f32(${exponentOf}(normal));
    let m = ${mantissaOf}(normal);
    let k = floor((m - 1.0) * 16.0 + 0.5);
    let c = 1.0 + k * 0.0625;
    let r = (m - c) / c;
    let log = r - r * r * (0.5 - r * (0.3333333333 - r * (0.25 - r * 0.2)));
    let fine = ${log2Fine}[u32(k)] + log * ${Math.LOG2E};
    let coarse = ${log2Coarse}[u32(k)];
    // Beyond ±2^32 the result is 0 or infinite for every a but 1.
    let exponent = select(clamp(b, -4294967296.0, 4294967296.0), 0.0, abs(b) < ${2 ** -100});
    // 12 leading bits of b: their products with e (8 bits) and the coarse logarithm (10 bits) are exact.
    let lead = ${floatOf}(bitcast<u32>(exponent) & 0xfffff000u);
    let whole1 = floor(lead * e + 0.5);
    let part = lead * e - whole1 + lead * coarse;
    let whole2 = floor(part + 0.5);
    let rest = part - whole2 + ((exponent - lead) * (e + coarse) + exponent * fine);
    let whole3 = floor(rest + 0.5);
    let n = whole1 + whole2 + whole3;
    if (n > 129.0) { return ${infinity}(0u); }
    if (n < -152.0) { return 0.0; }
    let half = i32(n) / 2;
    return ${exponential}((rest - whole3) * ${Math.LN2}) * ${powerOfTwo}(half) * ${powerOfTwo}(i32(n) - half);
  }`,
);

/** aᵇ as IEEE 754 has it: 1 to any power, any to the power 0, and −1 to ±∞ are 1. */
export const power = helper(
  wgsl`fn power(a: f32, b: f32) -> f32 {
    let size = bitcast<u32>(a) & 0x7fffffffu;
    let by = bitcast<u32>(b) & 0x7fffffffu;
    if (by == 0u || bitcast<u32>(a) == 0x3f800000u) { return 1.0; }
    if (${isNan}(a)) { return a; }
    if (${isNan}(b)) { return b; }
    if (size == 0x3f800000u && by == 0x7f800000u) { return 1.0; }
    let falls = bitcast<u32>(b) >= 0x80000000u;
    let isNegative = bitcast<u32>(a) >= 0x80000000u;
    // From 2^24 on every float is an even number.
    let isWhole = by >= 0x4b800000u || floor(b) == b;
    let isOdd = isWhole && by < 0x4b800000u && (i32(b) & 1) == 1;
    let sign = select(0u, 0x80000000u, isNegative && isOdd);
    if (size == 0u || size == 0x7f800000u) {
      if ((size == 0u) == falls) { return ${infinity}(sign); }
      return ${floatOf}(sign);
    }
    if (isNegative && !isWhole) { return ${notANumber}(); }
    let value = ${powerOfMagnitude}(abs(a), b);
    return select(value, ${negated}(value), sign != 0u);
  }`,
);
