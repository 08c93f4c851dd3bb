import type { Regex, RegexArena } from "../regex/index.ts";
import { jsonAlphabet } from "./alphabet.ts";
import { codePoints, everyCodePoint } from "./code-point-set.ts";

/** Steps that a character beyond ASCII counts as, with all its spellings. */
const BEYOND_ASCII = 20;

/** Whatever may stand between the quotes of a JSON string: one state, to which every character leads back. */
export const jsonStringBody = (regexes: RegexArena): Regex => jsonAlphabet(regexes).anyText;

/** All spellings of one text between the quotes of a JSON string; none where it has a lone surrogate. */
export function jsonStringBodyOf(regexes: RegexArena, text: string): Regex {
  const beyondAscii = text.match(/[^\0-\x7f]/g)?.length ?? 0;
  regexes.budget.spend(beyondAscii * BEYOND_ASCII);
  const alphabet = jsonAlphabet(regexes);
  return regexes.concat(...Array.from(text, (character) => alphabet.character(codePoints(character))));
}

/** Between the quotes of a JSON string, `min` to `max` characters; an escaped pair of surrogates is one. */
export const jsonBodyOfLength = (regexes: RegexArena, min: number, max = Infinity): Regex =>
  regexes.repeat(jsonAlphabet(regexes).character(everyCodePoint), min, max);
