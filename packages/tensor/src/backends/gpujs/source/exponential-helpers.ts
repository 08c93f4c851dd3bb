import { erfcLog, erfSmall, expTail, LN2_HIGH, LN2_LOW, logTail, tanhTail } from "../../exponential-coefficients.ts";
import { floatHelper, polynomial } from "./helper.ts";

/**
 * Exponentials to about one unit in the last place of f32 on every device: WGSL lets its `exp` be off by 3 + 2|x| units
 * and `tanh` by more.
 */
export const exponentialHelpers = {
  /** eˣ = 2ⁿ·eʳ with n = ⌊x/ln 2⌉ */
  exponential: floatHelper(
    `function exponential(x) {
      if (x > 89) { return x * 3e38; }
      if (x < -104) { return 0; }
      const n = Math.floor(x * ${Math.LOG2E} + 0.5);
      const r = x - n * ${LN2_HIGH} - n * (${LN2_LOW});
      const p = 1 + (r + r * r * ${polynomial("r", expTail)});
      // 2^128 alone would be infinite.
      if (n > 0) { return (p + p) * powerOfTwo(n - 1); }
      return p * powerOfTwo(n);
    }`,
    1,
    ["powerOfTwo"],
  ),

  /** ln x = e·ln 2 + ln m with √½ < m ≤ √2. */
  logarithm: floatHelper(
    `function logarithm(x) {
      if (x === 0) { return -infinity(x); }
      if (x < 0) { return notANumber(x); }
      if (x > ${3.4028234663852886e38}) { return x; }
      let normal = x;
      let e = 0;
      if (x < ${2 ** -126}) { normal = x * 16777216; e = e - 24; }
      e = e + exponentOf(normal);
      let m = mantissa(normal);
      if (m > ${Math.SQRT2}) { m = m * 0.5; e = e + 1; }
      const f = m - 1;
      const z = f * f;
      const y = f * z * ${polynomial("f", logTail)} + e * (${LN2_LOW}) - 0.5 * z;
      return f + y + e * ${LN2_HIGH};
    }`,
    1,
    ["infinity", "notANumber", "exponentOf", "mantissa"],
  ),

  /** tanh x = 1 − 2/(e²ˣ + 1) away from 0. */
  hyperbolicTangent: floatHelper(
    `function hyperbolicTangent(x) {
      const a = Math.abs(x);
      const z = x * x;
      if (a < 0.625) { return x + x * z * ${polynomial("z", tanhTail)}; }
      let t = 1 - 2 / (exponential(2 * a) + 1);
      if (a > 10) { t = 1.0; }
      if (x < 0) { return -t; }
      return t;
    }`,
    1,
    ["exponential"],
  ),

  /** erf x; above 1 by its complement e^(−q(x)), above 4 it is 1 in f32. */
  errorFunction: floatHelper(
    `function errorFunction(x) {
      const a = Math.abs(x);
      const z = x * x;
      if (a < 1) { return x + x * ${polynomial("z", erfSmall)}; }
      let t = 1 - exponential(-${polynomial("a", erfcLog)});
      if (a > 4) { t = 1.0; }
      if (x < 0) { return -t; }
      return t;
    }`,
    1,
    ["exponential"],
  ),
};
