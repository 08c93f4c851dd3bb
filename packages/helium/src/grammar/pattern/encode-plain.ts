import type { Regex } from "../regex/index.ts";
import type { Alphabet } from "./alphabet.ts";
import { encodeMachine } from "./character-automaton.ts";
import type { Pattern } from "./pattern.ts";

/** The patterns that a pattern is made of. */
export function partsOf(pattern: Pattern): readonly Pattern[] {
  switch (pattern.kind) {
    case "sequence":
      return pattern.parts;
    case "choice":
      return pattern.options;
    case "repeat":
    case "look":
      return [pattern.body];
    default:
      return [];
  }
}

/** Whether it asks for more than what comes next: an anchor, or a lookaround. */
export function hasAssertion(pattern: Pattern): boolean {
  if (pattern.kind === "start" || pattern.kind === "end" || pattern.kind === "look") return true;
  return partsOf(pattern).some(hasAssertion);
}

/** A pattern without assertions: what it matches does not depend on where it stands. */
export function encodePlain(alphabet: Alphabet, pattern: Pattern): Regex {
  const { regexes } = alphabet;
  switch (pattern.kind) {
    case "characters":
      return alphabet.character(pattern.set);
    case "sequence":
      return regexes.concat(...pattern.parts.map((part) => encodePlain(alphabet, part)));
    case "choice":
      return regexes.or(...pattern.options.map((option) => encodePlain(alphabet, option)));
    case "repeat":
      return regexes.repeat(encodePlain(alphabet, pattern.body), pattern.min, pattern.max);
    case "machine":
      return encodeMachine(alphabet, pattern.machine);
    default:
      return regexes.empty;
  }
}
