import type { Helper } from "./helper.ts";

/** Integer arithmetic that GPU.js' language lacks: its `/` is always the division of floats. */
export const integerHelpers = {
  /** ⌊i / n⌋ for 0 ≤ i < 2^21: half a unit keeps the quotient clear of whole numbers whatever the division's error. */
  divide: {
    source: "function divide(i, n) { return Math.floor((i + 0.5) / n); }",
    argumentTypes: ["Integer", "Integer"],
    returnType: "Integer",
    uses: [],
  },
  floorDivide: {
    source: "function floorDivide(i, n) { return Math.floor(i / n); }",
    argumentTypes: ["Integer", "Integer"],
    returnType: "Integer",
    uses: [],
  },
  /**
   * ⌊i / n⌋ for 0 ≤ i < 2^30: the remainder of the rounded quotient is exact and small, and is divided once more.
   */
  divideWide: {
    source: `function divideWide(i, n) {
      let q = 0; q++; q = floorDivide(i, n);
      let r = 0; r++; r = i - q * n;
      q = q + floorDivide(r, n);
      r = i - q * n;
      if (r < 0) { q = q - 1; }
      if (r >= n) { q = q + 1; }
      return q;
    }`,
    argumentTypes: ["Integer", "Integer"],
    returnType: "Integer",
    uses: ["floorDivide"],
  },
  /** Digit `place` (0 = lowest) of a whole number in a base that is a power of two; `inverse` = 1 / base. */
  digitOf: {
    source: `function digitOf(number, base, inverse, place) {
      let rest = number;
      for (let p = 0; p < 6; p++) {
        if (p >= place) { break; }
        rest = Math.floor(rest * inverse);
      }
      return rest - base * Math.floor(rest * inverse);
    }`,
    argumentTypes: ["Number", "Number", "Number", "Integer"],
    returnType: "Number",
    uses: [],
  },
  /** The integer that a float holds. */
  toInteger: {
    source: "function toInteger(x) { return Math.floor(x + 0.5); }",
    argumentTypes: ["Number"],
    returnType: "Integer",
    uses: [],
  },
} as const satisfies Record<string, Helper>;
