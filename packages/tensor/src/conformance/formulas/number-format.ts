import type { DType } from "../../dtypes/dtype.ts";

/** Binary float format: precision with the hidden bit, exponents of the smallest and largest normal number. */
interface FloatFormat {
  readonly precision: number;
  readonly minExponent: number;
  readonly maxExponent: number;
}

/** By dtype; the others have none. */
const floatFormats: Readonly<Record<string, FloatFormat>> = {
  f32: { precision: 24, minExponent: -126, maxExponent: 127 },
  f16: { precision: 11, minExponent: -14, maxExponent: 15 },
  bf16: { precision: 8, minExponent: -126, maxExponent: 127 },
};

/** Smallest and largest value of the integer dtypes. */
export const integerRange: Partial<Record<DType, readonly [low: number, high: number]>> = {
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  i8: [-128, 127],
  u8: [0, 255],
};

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** ⌊log₂|x|⌋ of a finite x ≠ 0, from the bits. */
function exponentOf(x: number): number {
  float[0] = x;
  return ((words[1] >>> 20) & 0x7ff) - 1023;
}

/** Distance between neighbouring numbers of a float dtype at x (1 for integers). */
export function ulpOf(dtype: DType, x: number): number {
  const format = floatFormats[dtype];
  if (!format || !Number.isFinite(x)) return 1;
  const { precision, minExponent, maxExponent } = format;
  const exponent = x === 0 ? minExponent : Math.min(Math.max(exponentOf(x), minExponent), maxExponent);
  return 2 ** (exponent - precision + 1);
}

/** x rounded to nearest, ties to even, into a float format; beyond the largest number it is infinite. */
function roundFloat(x: number, dtype: DType, { maxExponent }: FloatFormat): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const ulp = ulpOf(dtype, x);
  const steps = Math.abs(x) / ulp;
  const below = Math.floor(steps);
  const rest = steps - below;
  const rounded = (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below) * ulp;
  return Math.sign(x) * (rounded >= 2 ** (maxExponent + 1) ? Infinity : rounded);
}

/**
 * The number that a dtype stores for x, worked out by arithmetic instead of bits: floats round to nearest even (the
 * 16-bit ones from f32, the dtype of all computing), integers wrap, bool is x ≠ 0.
 */
export function roundTo(dtype: DType, x: number): number {
  if (dtype === "bool") return x === 0 ? 0 : 1;
  const range = integerRange[dtype];
  if (range) {
    const [low, high] = range;
    const count = high - low + 1;
    const wrapped = Math.trunc(x) % count;
    return (wrapped < low ? wrapped + count : wrapped > high ? wrapped - count : wrapped) + 0;
  }
  const format = floatFormats[dtype];
  return roundFloat(dtype === "f32" ? x : roundTo("f32", x), dtype, format);
}

/** The number that 16 bits of an f16 stand for. */
export function fromF16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** Largest finite number of a dtype. */
export function largestOf(dtype: DType): number {
  const format = floatFormats[dtype];
  return format ? (2 - 2 ** (1 - format.precision)) * 2 ** format.maxExponent : (integerRange[dtype]?.[1] ?? 1);
}

/** Smallest number of a float dtype that is not subnormal; 0 for the others. */
export function smallestNormal(dtype: DType): number {
  const format = floatFormats[dtype];
  return format ? 2 ** format.minExponent : 0;
}

/** The numbers that break kernels: NaN, ±∞, ±0, subnormals, smallest normal, largest; the range's ends for integers. */
export function specialValues(dtype: DType): readonly number[] {
  if (dtype === "bool") return [0, 1];
  const range = integerRange[dtype];
  if (range) return [...new Set([0, 1, 2, range[0], range[0] + 1, range[1] - 1, range[1]])];
  const { precision, minExponent } = floatFormats[dtype];
  const tiny = 2 ** minExponent;
  const step = 2 ** (minExponent - precision + 1);
  const positive = [
    0,
    step,
    3 * step,
    tiny - step,
    tiny,
    0.5,
    1,
    1 + 2 ** (1 - precision),
    2,
    largestOf(dtype),
    Infinity,
  ];
  return [NaN, ...positive, ...positive.map((x) => -x)];
}
