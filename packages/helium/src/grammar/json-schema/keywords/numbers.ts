import { own, type Json } from "../documents/json-values.ts";
import { allNumbers, atLeast, atMost, multiplesOf, numbersAnd, type NumberSet } from "../sets/number-sets.ts";
import { atom, yes, type Formula } from "./formulas.ts";
import { refuseMalformed, type KeywordTable, type Reading } from "./reading.ts";

function finite(value: Json, reading: Reading, keyword: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) refuseMalformed(reading, keyword, "a number", value);
  return value;
}

/** `minimum` and `maximum`, which draft 4's boolean `exclusiveMinimum` and `exclusiveMaximum` may open. */
const bound = (range: (value: number, open: boolean) => NumberSet, opener: string) => {
  return (value: Json, reading: Reading, keyword: string): Formula<NumberSet> =>
    atom(range(finite(value, reading, keyword), own(reading.schema, opener) === true));
};

const openBound = (range: (value: number, open: boolean) => NumberSet) => {
  return (value: Json, reading: Reading, keyword: string): Formula<NumberSet> =>
    typeof value === "boolean" ? yes : atom(range(finite(value, reading, keyword), true));
};

const integers = (low: number, high: number): NumberSet =>
  numbersAnd(numbersAnd(atLeast(low), atMost(high)), multiplesOf(1));

/** The largest number below 2^63 that a double holds. */
const LARGEST_BELOW_2_63 = 2 ** 63 - 1024;
const LARGEST_FLOAT = 3.4028234663852886e38;

/** Formats of numbers. */
export const numberFormats = new Map<string, NumberSet>([
  ["int32", integers(-(2 ** 31), 2 ** 31 - 1)],
  ["int64", integers(-(2 ** 63), LARGEST_BELOW_2_63)],
  ["double", allNumbers],
  ["float", numbersAnd(atLeast(-LARGEST_FLOAT), atMost(LARGEST_FLOAT))],
]);

export const numberKeywords: KeywordTable<"number"> = new Map([
  ["minimum", bound(atLeast, "exclusiveMinimum")],
  ["maximum", bound(atMost, "exclusiveMaximum")],
  ["exclusiveMinimum", openBound(atLeast)],
  ["exclusiveMaximum", openBound(atMost)],
  [
    "multipleOf",
    (value, reading, keyword) => {
      const divisor = finite(value, reading, keyword);
      if (divisor <= 0) refuseMalformed(reading, keyword, "a number > 0", value);
      return atom(multiplesOf(divisor));
    },
  ],
  [
    "format",
    (value) => {
      const range = typeof value === "string" ? numberFormats.get(value) : undefined;
      return range === undefined ? yes : atom(range);
    },
  ],
]);
