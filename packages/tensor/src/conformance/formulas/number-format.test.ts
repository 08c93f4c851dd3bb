import fc from "fast-check";
import { expect, test } from "vitest";
import { largestOf, roundTo, specialValues, ulpOf } from "./number-format.ts";

const seed = 4;

/** Any f64, with every exponent as likely as any other. */
const anyNumber = fc
  .tuple(fc.double({ min: 1, max: 2 }), fc.integer({ min: -160, max: 140 }), fc.boolean())
  .map(([significand, exponent, negative]) => (negative ? -1 : 1) * significand * 2 ** exponent);

test("rounding to f32 by arithmetic is what the engine does", () => {
  fc.assert(
    fc.property(anyNumber, (x) => {
      expect(roundTo("f32", x)).toBe(Math.fround(x));
    }),
    { seed, numRuns: 2000 },
  );
});

test("16-bit floats: known values, ties to even, overflow, subnormals", () => {
  // f16: IEEE 754-2019 binary16; 65504 is the largest, 65520 the tie beyond it, 2⁻²⁴ the smallest.
  expect([1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519, 65520, 2 ** -25, 3 * 2 ** -26].map((x) => roundTo("f16", x))).toEqual([
    1,
    1 + 2 ** -9,
    65504,
    Infinity,
    0,
    2 ** -24,
  ]);
  // bf16: the upper half of an f32.
  expect([1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.3961775e38, 2 ** -134].map((x) => roundTo("bf16", x))).toEqual([
    1,
    1 + 2 ** -6,
    Infinity,
    0,
  ]);
  expect(roundTo("bf16", -0)).toBe(-0);
  expect(largestOf("bf16")).toBe(3.3895313892515355e38);
});

test("integers wrap, bool is x ≠ 0", () => {
  expect(roundTo("i32", 2 ** 31)).toBe(-(2 ** 31));
  expect(roundTo("u32", -1)).toBe(2 ** 32 - 1);
  expect([300, -129, 128].map((x) => roundTo("i8", x))).toEqual([44, 127, -128]);
  expect([256, -1].map((x) => roundTo("u8", x))).toEqual([0, 255]);
  expect([0, -0, 0.5, NaN].map((x) => roundTo("bool", x))).toEqual([0, 0, 1, 1]);
});

test("units in the last place", () => {
  expect(ulpOf("f32", 1)).toBe(2 ** -23);
  expect(ulpOf("f32", 0)).toBe(2 ** -149);
  expect(ulpOf("f16", 2048)).toBe(2);
  expect(ulpOf("bf16", -3)).toBe(2 ** -6);
});

test("special values are values of their dtype", () => {
  for (const dtype of ["f32", "f16", "bf16", "i32", "u32", "i8", "u8", "bool"] as const)
    for (const value of specialValues(dtype)) expect(roundTo(dtype, value)).toBe(value);
});
