import { floatHelper } from "./helper.ts";

/** Powers of two that, one after the other, reach every exponent of f32. */
const steps = [64, 32, 16, 8, 4, 2, 1];

/** Straight-line selections: compilers of shaders take long over branches. */
const climb = (line: (step: number) => string): string => steps.map(line).join("\n");

/** NaN is what does not equal itself: WGSL translates `x !== x` to a comparison that is false for NaN, `===` is sound. */
const pick = (name: string, wins: "<" | ">") =>
  floatHelper(
    `function ${name}(a, b) {
      if (a === a) {
        if (b === b) { return (a ${wins} b ? a : b); }
        return b;
      }
      return a;
    }`,
    2,
  );

/**
 * Exponents and powers of two by comparisons and exact products: GLSL and WGSL let `exp2`, `log2` and `pow` be off by
 * some units, and GPU.js has no bit casts.
 */
export const scaleHelpers = {
  /** +∞, which GPU.js' language has no literal for: `Infinity` becomes the largest f32. Overflows f64 too (`cpu`). */
  infinity: floatHelper(`function infinity(x) {
    let big = 1e38 + x * x;
    big = big * big; big = big * big; big = big * big; big = big * big;
    return big;
  }`),
  /** NaN; `x − x` and the like may be folded to 0. */
  notANumber: floatHelper("function notANumber(x) { return Math.sqrt(-1 - x * x); }"),
  /** The larger of two, NaN if either is; which zero wins is open. */
  larger: pick("larger", ">"),
  /** The smaller of two, NaN if either is. */
  smaller: pick("smaller", "<"),
  /** 2^e of a whole number |e| < 256, bit by bit; what f32 cannot hold is 0 or infinite. */
  powerOfTwo: floatHelper(`function powerOfTwo(e) {
    let p = 1;
    let rest = Math.abs(e);
    let factor = (e < 0 ? 0.5 : 2.0);
    for (let bit = 0; bit < 8; bit++) {
      const half = Math.floor(rest * 0.5);
      if (rest - half - half > 0.5) { p = p * factor; }
      rest = half;
      factor = factor * factor;
    }
    return p;
  }`),
  /** The largest power of two ≤ a, for a ≥ 2^−126. */
  floorPower: floatHelper(`function floorPower(a) {
    let p = 1;
    ${climb((s) => `p = (a >= p * ${2 ** s} ? p * ${2 ** s} : p);`)}
    ${climb((s) => `p = (a < p * ${2 ** (1 - s)} ? p * ${2 ** -s} : p);`)}
    return p;
  }`),
  /** Its exponent. */
  exponentOf: floatHelper(`function exponentOf(a) {
    let m = a;
    let e = 0;
    ${climb((s) => `e = (m >= ${2 ** s} ? e + ${s} : e); m = (m >= ${2 ** s} ? m * ${2 ** -s} : m);`)}
    ${climb((s) => `e = (m < ${2 ** (1 - s)} ? e - ${s} : e); m = (m < ${2 ** (1 - s)} ? m * ${2 ** s} : m);`)}
    return e;
  }`),
  /** a / 2^exponent, in [1, 2). */
  mantissa: floatHelper(`function mantissa(a) {
    let m = a;
    ${climb((s) => `m = (m >= ${2 ** s} ? m * ${2 ** -s} : m);`)}
    ${climb((s) => `m = (m < ${2 ** (1 - s)} ? m * ${2 ** s} : m);`)}
    return m;
  }`),
};
