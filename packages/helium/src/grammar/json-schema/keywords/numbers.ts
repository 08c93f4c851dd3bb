import { formats } from "../../pattern/index.ts";
import { own, type Json } from "../documents/json-values.ts";
import { atLeast, atMost, multiplesOf, numbersAnd, type NumberSet } from "../sets/number-sets.ts";
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

/** The numbers of a format; null where it says nothing of numbers. */
function numbersOfFormat(name: string): NumberSet | null {
  const format = formats.get(name);
  if (format?.of !== "number") return null;
  const { minimum = -Infinity, maximum = Infinity } = format.range;
  const range = numbersAnd(atLeast(Number(minimum)), atMost(Number(maximum)));
  if (!format.isInteger) return range;
  // The largest integers are no doubles: ≤ 2^63 − 1 is < 2^63.
  return numbersAnd(numbersAnd(atLeast(Number(minimum)), atMost(Number(BigInt(maximum) + 1n), true)), multiplesOf(1));
}

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
      const range = typeof value === "string" ? numbersOfFormat(value) : null;
      return range === null ? yes : atom(range);
    },
  ],
]);
