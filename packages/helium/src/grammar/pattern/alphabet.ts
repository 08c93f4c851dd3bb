import type { Regex, RegexArena } from "../regex/index.ts";
import type { CodePointSet } from "./code-point-set.ts";
import { everyCodePoint, intersectionOf, keyOf } from "./code-point-set.ts";
import { jsonSpelling } from "./json-character.ts";

/** How characters are written as bytes. Every text has at least one spelling, and every spelling is of one text. */
export interface Alphabet {
  readonly regexes: RegexArena;
  /** One character of the set, in all its spellings. */
  character(set: CodePointSet): Regex;
  /** Any text at all. */
  readonly anyText: Regex;
}

/** Characters as UTF-8. */
export const textAlphabet = alphabetOf((regexes) => (set) => regexes.characters(set));

/** Characters as they may stand between the quotes of a JSON string. */
export const jsonAlphabet = alphabetOf(jsonSpelling);

function alphabetOf(
  spelling: (regexes: RegexArena) => (set: CodePointSet) => Regex,
): (regexes: RegexArena) => Alphabet {
  const alphabets = new WeakMap<RegexArena, Alphabet>();
  return (regexes) => {
    const known = alphabets.get(regexes);
    if (known !== undefined) return known;
    const spell = spelling(regexes);
    const spelt = new Map<string, Regex>();
    const character = (set: CodePointSet): Regex => {
      const key = keyOf(set);
      const found = spelt.get(key);
      if (found !== undefined) return found;
      const made = spell(intersectionOf(set, everyCodePoint));
      spelt.set(key, made);
      return made;
    };
    const alphabet = { regexes, character, anyText: regexes.repeat(character(everyCodePoint), 0) };
    alphabets.set(regexes, alphabet);
    return alphabet;
  };
}
