import { floatHelper, type Helper } from "./helper.ts";

/** Nearest whole number, ties to even, as statements on `whole` and `rest`. */
const roundWhole = `
  let whole = Math.floor(steps);
  const rest = steps - whole;
  if (rest > 0.5) { whole = whole + 1; }
  if (rest === 0.5) { if (whole - 2 * Math.floor(whole * 0.5) > 0.5) { whole = whole + 1; } }`;

/** 16-bit floats as `packHalves` lays them out, and rounding into them: by arithmetic alone, exact on any device. */
export const halfHelpers = {
  /** Pattern 0, 1 or 2 of two packed floats. */
  unpack: {
    source: `function unpack(first, second, place) {
      const low = Math.floor(first * ${2 ** -16});
      const high = Math.floor(second * ${2 ** -16});
      if (place === 0) { return first - low * 65536; }
      if (place === 1) { return low + high * 256; }
      return second - high * 65536;
    }`,
    argumentTypes: ["Number", "Number", "Integer"],
    returnType: "Number",
    uses: [],
  } satisfies Helper,

  /** x rounded to bf16 (8 significant bits), ties to even. */
  roundBf16: floatHelper(
    `function roundBf16(x) {
      const a = Math.abs(x);
      if (a > 0) {
        // Halfway from the largest bf16 to 2^128; from there on it is infinite.
        if (a >= ${(2 - 2 ** -8) * 2 ** 127}) { return x * infinity(1); }
        let unit = ${2 ** -126};
        let steps = a * ${2 ** 126} * 128;
        if (a >= ${2 ** -126}) { unit = floorPower(a); steps = mantissa(a) * 128; }
        ${roundWhole}
        const rounded = whole * ${2 ** -7} * unit;
        if (x < 0) { return -rounded; }
        return rounded;
      }
      return x;
    }`,
    1,
    ["floorPower", "mantissa", "infinity"],
  ),

  /** x rounded to f16 (11 significant bits, steps of 2^−24 below 2^−14), ties to even. */
  roundF16: floatHelper(
    `function roundF16(x) {
      const a = Math.abs(x);
      if (a > 0) {
        if (a >= 65520) { return x * infinity(1); }
        let unit = ${2 ** -14};
        let steps = a * 16777216;
        if (a >= ${2 ** -14}) { unit = floorPower(a); steps = mantissa(a) * 1024; }
        ${roundWhole}
        const rounded = whole * ${2 ** -10} * unit;
        if (x < 0) { return -rounded; }
        return rounded;
      }
      return x;
    }`,
    1,
    ["floorPower", "mantissa", "infinity"],
  ),
};
