import type { Regex, RegexArena } from "../regex/index.ts";
import type { Alphabet } from "./alphabet.ts";
import { jsonAlphabet, textAlphabet } from "./alphabet.ts";
import { everyCodePoint } from "./code-point-set.ts";
import type { Pattern } from "./pattern.ts";
import { encodePlain, hasAssertion, partsOf } from "./encode-plain.ts";
import { lookAutomaton } from "./look-automaton.ts";
import { characters, repeated, sequence } from "./pattern.ts";

/** Matches a text that has somewhere what the pattern matches, as `RegExp.prototype.test` and JSON Schema's `pattern` do. */
export function searchPattern(pattern: Pattern): Pattern {
  const anything = repeated(characters(everyCodePoint), 0);
  return sequence([anything, pattern, anything]);
}

/** The texts that the pattern matches from end to end, in UTF-8. */
export const encodeText = (regexes: RegexArena, pattern: Pattern): Regex =>
  encodePattern(textAlphabet(regexes), pattern);

/** The texts that the pattern matches from end to end, in all spellings between the quotes of a JSON string. */
export const encodeJsonBody = (regexes: RegexArena, pattern: Pattern): Regex =>
  encodePattern(jsonAlphabet(regexes), pattern);

function encodePattern(alphabet: Alphabet, pattern: Pattern): Regex {
  if (needsAutomaton(pattern)) return lookAutomaton(alphabet, pattern, encodePattern);
  const end = alphabet.regexes.empty;
  return encodeBefore(alphabet, pattern, { first: end, later: end }).first;
}

/** Lookarounds whose place is not known when the rest of the pattern is: those that look back, and those in loops. */
function needsAutomaton(pattern: Pattern): boolean {
  if (pattern.kind === "look" && pattern.way === "behind") return true;
  if (pattern.kind === "repeat" && pattern.max > 1) return hasAssertion(pattern.body);
  return partsOf(pattern).some(needsAutomaton);
}

/** What is matched from a place to the end: where the place is the text's first, and where it is a later one. */
interface Rest {
  readonly first: Regex;
  readonly later: Regex;
}

/** What the pattern and then `rest` match: from right to left, so that a lookahead is an intersection with what follows. */
function encodeBefore(alphabet: Alphabet, pattern: Pattern, rest: Rest): Rest {
  const { regexes, anyText } = alphabet;
  const both = (of: (r: Regex, isFirst: boolean) => Regex): Rest => ({
    first: of(rest.first, true),
    later: of(rest.later, false),
  });
  if (!hasAssertion(pattern)) return encodePlainBefore(alphabet, encodePlain(alphabet, pattern), rest);
  switch (pattern.kind) {
    case "sequence":
      return pattern.parts.reduceRight((after, part) => encodeBefore(alphabet, part, after), rest);
    case "choice": {
      const options = pattern.options.map((option) => encodeBefore(alphabet, option, rest));
      return both((_, isFirst) => regexes.or(...options.map(({ first, later }) => (isFirst ? first : later))));
    }
    case "repeat": {
      const once = encodeBefore(alphabet, pattern.body, rest);
      if (pattern.min === 1) return once;
      return both((r, isFirst) => regexes.or(r, isFirst ? once.first : once.later));
    }
    case "start":
      return { first: rest.first, later: regexes.nothing };
    case "end":
      return both((r) => (regexes.isNullable(r) ? regexes.empty : regexes.nothing));
    case "look": {
      const ahead = encodeBefore(alphabet, pattern.body, { first: anyText, later: anyText });
      return both((r, isFirst) => {
        const seen = isFirst ? ahead.first : ahead.later;
        return regexes.and(r, pattern.negative ? regexes.not(seen) : seen);
      });
    }
    default:
      return rest;
  }
}

function encodePlainBefore(alphabet: Alphabet, part: Regex, rest: Rest): Rest {
  const { regexes, anyText } = alphabet;
  const later = regexes.concat(part, rest.later);
  if (rest.first === rest.later) return { first: later, later };
  if (!regexes.isNullable(part)) return { first: later, later };
  // Only where the part matched nothing is the place behind it still the first.
  const some =
    rest.later === regexes.nothing
      ? part
      : regexes.and(part, regexes.concat(alphabet.character(everyCodePoint), anyText));
  return { first: regexes.or(rest.first, regexes.concat(some, rest.later)), later };
}
