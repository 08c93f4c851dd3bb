import { floatHelper, polynomial } from "./helper.ts";

/** ln 2 in two parts: the first has 9 bits, so its products with exponents are exact. */
const LN2_HIGH = 355 / 512;
const LN2_LOW = Math.LN2 - LN2_HIGH;

/** (e^r − 1 − r)/r² on |r| ≤ 0.3475, error 2e-9. */
const expTail = [0.5, 0.16666667, 0.041666463, 0.00833331, 0.0013933881, 0.00019891247];

/** (ln(1 + f) − f + f²/2)/f³ on √½ ≤ 1 + f ≤ √2, error 3e-8. */
const logTail = [
  0.3333333134651184, -0.24999997, 0.20000715553760529, -0.16667803, 0.14249058, -0.12425687, 0.1168542, -0.11479734,
  0.069716111,
];

/** (tanh(x)/x − 1)/x² in z = x² ≤ 0.625², error 2e-9. */
const tanhTail = [-0.33333334, 0.13333304, -0.053959258, 0.021768919, -0.0083439453, 0.002292745];

/** erf(x)/x − 1 in z = x² ≤ 1, error 1e-12. */
const erfSmall = [
  0.1283791670955, -0.37612637877, 0.11283791065, -0.02686613239, 0.005223783664, -0.00085426378, 0.00011956560775,
  -0.0000139093272, 0.00000105893469,
];

/** −ln erfc(x) on 1 ≤ x ≤ 4, error 9e-9. */
const erfcLog = [
  -0.00041632921784, 1.130675196647644, 0.6309530138969421, 0.11105501651763916, -0.0270995236933, 0.00506494706497,
  -0.000685836654157, 0.0000622983498, -0.00000332168452, 0.0000000758268186,
];

/**
 * Exponentials to about one unit in the last place of f32 on every device: WGSL lets its `exp` be off by 3 + 2|x| units
 * and `tanh` by more. The polynomials were fitted by interpolation at Chebyshev nodes in f64.
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
