import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GrammarError, UnsupportedGrammarError } from "../../../errors.ts";
import { RegexArena } from "../../regex/index.ts";
import type { NumberRange } from "./number-range.ts";
import { integerRange, numberRange } from "./number-range.ts";

/** A JSON number as an exact fraction of a power of ten. */
function exact(text: string): { readonly units: bigint; readonly places: number } {
  const [, sign, whole = "", fraction = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const places = fraction.length - Number(power);
  const units = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  return places >= 0 ? { units, places } : { units: units * 10n ** BigInt(-places), places: 0 };
}

function compare(a: string, b: string): number {
  const [x, y] = [exact(a), exact(b)];
  const [left, right] = [x.units * 10n ** BigInt(y.places), y.units * 10n ** BigInt(x.places)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function isMultiple(a: string, b: string): boolean {
  const [x, y] = [exact(a), exact(b)];
  return (x.units * 10n ** BigInt(y.places)) % (y.units * 10n ** BigInt(x.places)) === 0n;
}

const isInteger = (text: string): boolean => isMultiple(text, "1");

function isInside(text: string, range: NumberRange): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = range;
  return (
    (minimum === undefined || compare(text, String(minimum)) >= 0) &&
    (maximum === undefined || compare(text, String(maximum)) <= 0) &&
    (exclusiveMinimum === undefined || compare(text, String(exclusiveMinimum)) > 0) &&
    (exclusiveMaximum === undefined || compare(text, String(exclusiveMaximum)) < 0) &&
    (multipleOf === undefined || isMultiple(text, String(multipleOf)))
  );
}

const digits = fc
  .array(fc.constantFrom("0", "1", "2", "5", "9"), { minLength: 1, maxLength: 4 })
  .map((all) => all.join(""));
/** Small decimals near to one another, so that bounds and values meet. */
const decimals = fc
  .tuple(fc.constantFrom("", "-"), digits, fc.option(digits))
  .map(([sign, whole, fraction]) => `${sign}${Number(whole)}${fraction === null ? "" : `.${fraction}`}`);
const large = fc.constantFrom(
  "1e21",
  "1e16",
  "15e20",
  "1e-7",
  "2.5e-7",
  "1.5e300",
  "123456789012345678901",
  "0.000001",
);
const bounds = fc.oneof({ arbitrary: decimals, weight: 4 }, large);
const ranges: fc.Arbitrary<NumberRange> = fc.record(
  { minimum: bounds, maximum: bounds, exclusiveMinimum: bounds, exclusiveMaximum: bounds },
  { requiredKeys: [] },
);
const divisors = fc.constantFrom(
  "1",
  "2",
  "3",
  "7",
  "10",
  "100",
  "12",
  "0.01",
  "0.1",
  "2.5",
  "0.25",
  "6.75",
  "1.5",
  "1e-7",
);
const values = fc.array(fc.oneof({ arbitrary: decimals, weight: 3 }, bounds), { minLength: 12, maxLength: 12 });

/** As JavaScript and as Python write the double. */
function spellings(value: number): string[] {
  const [mantissa = "", power] = value.toExponential().split("e");
  const exponent = Number(power);
  const python =
    value !== 0 && (exponent < -4 || exponent >= 16)
      ? `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`
      : `${JSON.stringify(value)}${Number.isInteger(value) && Math.abs(value) < 1e16 ? ".0" : ""}`;
  return [JSON.stringify(value), python];
}

const isPlain = (text: string): boolean => !/e/i.test(text);

describe("ranges of numbers", () => {
  test("match exactly the plain decimals inside, by exact arithmetic", () => {
    fc.assert(
      fc.property(ranges, fc.option(divisors), values, (between, multipleOf, texts) => {
        const range = multipleOf === null ? between : { ...between, multipleOf };
        const regexes = new RegexArena();
        const [numbers, integers] = [numberRange(regexes, range), integerRange(regexes, range)];
        for (const text of texts.filter(isPlain)) {
          const about = `${text} in ${JSON.stringify(range)}`;
          expect([about, regexes.matches(numbers, text)]).toEqual([about, isInside(text, range)]);
          const whole = isInside(text, range) && isInteger(text);
          expect([about, "integer", regexes.matches(integers, text)]).toEqual([about, "integer", whole]);
        }
      }),
      { seed: 15, numRuns: 60 },
    );
  });

  test("match doubles inside as JavaScript and as Python write them, and none outside in any notation", () => {
    const doubles = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -1e-5, max: 1e-5, noNaN: true }),
    );
    fc.assert(
      fc.property(ranges, fc.array(doubles, { minLength: 8, maxLength: 8 }), (range, all) => {
        const regexes = new RegexArena();
        const numbers = numberRange(regexes, range);
        for (const value of all) {
          for (const text of [...spellings(value), value.toExponential(), value.toExponential().toUpperCase()]) {
            const about = `${text} in ${JSON.stringify(range)}`;
            expect([about, regexes.matches(numbers, text)]).toEqual([about, isInside(text, range)]);
          }
        }
      }),
      { seed: 15, numRuns: 60 },
    );
  });

  test("integers that JavaScript writes with an exponent are integers", () => {
    const regexes = new RegexArena();
    const any = integerRange(regexes);
    const even = integerRange(regexes, { multipleOf: 2 });
    for (const text of [
      "1e21",
      "1e+21",
      "-1.5e+300",
      "1.2345678901234567e22",
      "1.0",
      "-0",
      "0.00",
      "123456789012345678901234",
    ]) {
      expect([text, regexes.matches(any, text)]).toEqual([text, true]);
      expect(regexes.matches(even, text)).toBe(isMultiple(text, "2"));
    }
    for (const text of ["1.5", "1e-7", "01", "1.", ".5", "+1", "1e400", "", "-", "0x1"]) {
      expect([text, regexes.matches(any, text)]).toEqual([text, false]);
    }
  });

  test("without bounds is the syntax of JSON, within what a double can hold", () => {
    const regexes = new RegexArena();
    const any = numberRange(regexes);
    for (const text of [
      "0",
      "-0",
      "-0.0",
      "10.25",
      "1E5",
      "12.5e-3",
      "0e1",
      "1e308",
      "5e-324",
      "1.7976931348623157e308",
      "1e007",
    ]) {
      expect([text, regexes.matches(any, text)]).toEqual([text, true]);
    }
    for (const text of ["00", "01", "1.", ".1", "1e", "e1", "1e309", "1e-400", "NaN", "--1", "1_0"]) {
      expect([text, regexes.matches(any, text)]).toEqual([text, false]);
    }
  });

  test("of one state stay in it: the digits of an unbounded number are no new states", () => {
    const regexes = new RegexArena();
    const behind = [..."12"].reduce((state, digit) => regexes.step(state, digit.charCodeAt(0)), numberRange(regexes));
    expect(regexes.step(behind, 0x33)).toBe(behind);
  });

  test("are the same where they are asked for again", () => {
    const regexes = new RegexArena();
    const range = { minimum: 0, maximum: 5, multipleOf: "0.25" };
    expect(numberRange(regexes, range)).toBe(numberRange(regexes, range));
    expect(integerRange(regexes, { multipleOf: 7 })).toBe(integerRange(regexes, { multipleOf: "7.0" }));
  });

  test("where nothing is inside match nothing", () => {
    const regexes = new RegexArena();
    expect(regexes.isEmpty(numberRange(regexes, { minimum: 2, maximum: 1 }))).toBe(true);
    expect(regexes.isEmpty(integerRange(regexes, { exclusiveMinimum: 1, exclusiveMaximum: 2 }))).toBe(true);
    expect(regexes.isEmpty(integerRange(regexes, { minimum: 1, maximum: 10, multipleOf: 11 }))).toBe(true);
    expect(regexes.isEmpty(numberRange(regexes, { minimum: "0.1", maximum: "0.2", multipleOf: "0.25" }))).toBe(true);
  });

  test("bounds of 64 bits are exact", () => {
    const regexes = new RegexArena();
    const int64 = integerRange(regexes, { minimum: "-9223372036854775808", maximum: 9223372036854775807n });
    for (const [text, matched] of [
      ["9223372036854775807", true],
      ["9223372036854775808", false],
      ["-9223372036854775808", true],
      ["-9223372036854775809", false],
      ["9.2e18", true],
      ["1e19", false],
    ] as const) {
      expect([text, regexes.matches(int64, text)]).toEqual([text, matched]);
    }
  });

  test("what is no number, and divisors of too many remainders, are refused", () => {
    const regexes = new RegexArena();
    expect(() => numberRange(regexes, { multipleOf: 0 })).toThrow(GrammarError);
    expect(() => numberRange(regexes, { minimum: NaN })).toThrow(GrammarError);
    expect(() => numberRange(regexes, { minimum: "1e5000" })).toThrow(GrammarError);
    expect(() => numberRange(regexes, { multipleOf: 0.123456789 })).toThrow(UnsupportedGrammarError);
    expect(() => integerRange(regexes, { multipleOf: 0.123456789 })).toThrow(/multipleOf/);
  });
});
