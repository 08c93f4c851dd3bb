import { floatHelper, literal } from "./helper.ts";

/**
 * log₂ of 1, 17/16, … 2 in two parts, of which the first is a multiple of 2^−10. That of 1 and of 2 is exact, so that
 * the logarithm of an a near 1 keeps its relative precision.
 */
const middles = Array.from({ length: 17 }, (_, k) => Math.log2(1 + k / 16));
const high = middles.map((value) => Math.round(value * 1024) / 1024);
const low = middles.map((value, k) => value - (high[k] ?? 0));

/** A table as a chain of comparisons. */
const table = (name: string, values: readonly number[]): string => `function ${name}(k) {
  let value = ${literal(values[0] ?? 0)};
  ${values.map((value, k) => (k === 0 ? "" : `value = (k >= ${k} ? ${literal(value)} : value);`)).join("\n")}
  return value;
}`;

/**
 * aᵇ as IEEE 754 has it. The logarithm keeps its leading bits apart, so that the error of the product b·log₂ a, which
 * the result shows magnified, stays near one unit.
 */
export const powerHelpers = {
  log2High: floatHelper(table("log2High", high)),
  log2Low: floatHelper(table("log2Low", low)),

  /** aᵇ for finite a > 0. */
  powerOfMagnitude: floatHelper(
    `function powerOfMagnitude(a, b) {
      let normal = a;
      let e = 0;
      if (a < ${2 ** -126}) { normal = a * 16777216; e = e - 24; }
      e = e + exponentOf(normal);
      const m = mantissa(normal);
      const k = Math.floor((m - 1) * 16 + 0.5);
      const c = 1 + k * 0.0625;
      const r = (m - c) / c;
      const log = r - r * r * (0.5 - r * (0.3333333333 - r * (0.25 - r * 0.2)));
      const fine = log2Low(k) + log * ${Math.LOG2E};
      const coarse = log2High(k);
      // Beyond ±2^32 the result is 0 or infinite for every a but 1.
      const exponent = Math.max(Math.min(b, 4294967296), -4294967296);
      const size = Math.max(Math.abs(exponent), ${2 ** -100});
      // 12 leading bits of b: their products with e (8 bits) and the coarse logarithm (10 bits) are exact.
      let lead = Math.floor(mantissa(size) * 2048) * ${2 ** -11} * floorPower(size);
      if (exponent < 0) { lead = -lead; }
      const whole1 = Math.floor(lead * e + 0.5);
      const part = lead * e - whole1 + lead * coarse;
      const whole2 = Math.floor(part + 0.5);
      const rest = part - whole2 + ((exponent - lead) * (e + coarse) + exponent * fine);
      const whole3 = Math.floor(rest + 0.5);
      const n = whole1 + whole2 + whole3;
      if (n > 129) { return infinity(1); }
      if (n < -152) { return 0; }
      const p = exponential((rest - whole3) * ${Math.LN2});
      if (n > 0) { return (p + p) * powerOfTwo(n - 1); }
      return p * powerOfTwo(n);
    }`,
    2,
    ["exponentOf", "mantissa", "floorPower", "log2Low", "log2High", "infinity", "exponential", "powerOfTwo"],
  ),

  power: floatHelper(
    `function power(a, b) {
      if (b === 0) { return 1; }
      if (a === 1) { return 1; }
      if (a === a) { if (b === b) { return powerOfNumbers(a, b); } return b; }
      return a;
    }`,
    2,
    ["powerOfNumbers"],
  ),

  /** aᵇ where neither is NaN, a is not 1 and b is not 0. */
  powerOfNumbers: floatHelper(
    `function powerOfNumbers(a, b) {
      const size = Math.abs(a);
      if (size === 1) { if (Math.abs(b) > ${3.4028234663852886e38}) { return 1; } }
      const whole = Math.floor(b);
      // Sign of the result for negative a: −1 for odd b, 0 where the result is no number.
      let sign = 1.0;
      if (whole < b) { sign = 0.0; }
      if (Math.abs(b) < 16777216) { if (whole === b) { if (whole - 2 * Math.floor(whole * 0.5) > 0.5) { sign = -1.0; } } }
      if (size === 0) {
        let zero = 0.0;
        if (b < 0) { zero = infinity(1); }
        if (sign < 0) { if (1 / a < 0) { return -zero; } }
        return zero;
      }
      if (size > ${3.4028234663852886e38}) {
        let limit = size;
        if (b < 0) { limit = 0.0; }
        if (a < 0) { if (sign < 0) { return -limit; } }
        return limit;
      }
      let value = powerOfMagnitude(size, b);
      if (a < 0) {
        if (sign === 0) { return notANumber(b); }
        if (sign < 0) { value = -value; }
      }
      return value;
    }`,
    2,
    ["powerOfMagnitude", "infinity", "notANumber"],
  ),
};
