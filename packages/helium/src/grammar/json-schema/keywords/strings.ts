import { atom, yes } from "./formulas.ts";
import { refuseMalformed, wholeNumber, type KeywordTable } from "./reading.ts";

export const stringKeywords: KeywordTable<"string"> = new Map([
  ["minLength", (value, reading, keyword) => atom(reading.length(wholeNumber(value, reading, keyword), Infinity))],
  ["maxLength", (value, reading, keyword) => atom(reading.length(0, wholeNumber(value, reading, keyword)))],
  [
    "pattern",
    (value, reading, keyword) => {
      if (typeof value !== "string") refuseMalformed(reading, keyword, "a pattern", value);
      return atom(reading.pattern(value, keyword, reading.pool.place(reading.id, keyword)));
    },
  ],
  [
    "format",
    (value, reading, keyword) => {
      if (typeof value !== "string") refuseMalformed(reading, keyword, "the name of a format", value);
      const set = reading.format(value, reading.pool.place(reading.id, keyword));
      return set === null ? yes : atom(set);
    },
  ],
]);
