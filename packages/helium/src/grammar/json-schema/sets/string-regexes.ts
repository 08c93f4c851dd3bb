import { characters, literalPattern, repeated, type Pattern } from "../../pattern/pattern.ts";
import { everyCodePoint } from "../../pattern/code-point-set.ts";
import { encodeJsonBody } from "../../pattern/encode-pattern.ts";
import type { RegexArena } from "../../regex/index.ts";
import type { StringRegexes } from "./string-sets.ts";

/** Texts of so many characters. */
export const lengthPattern = (min: number, max: number): Pattern => repeated(characters(everyCodePoint), min, max);

/** The bodies of JSON strings over an arena. */
export const stringRegexes = (arena: RegexArena): StringRegexes => ({
  any: encodeJsonBody(arena, lengthPattern(0, Infinity)),
  text: (value) => encodeJsonBody(arena, literalPattern(value)),
});
