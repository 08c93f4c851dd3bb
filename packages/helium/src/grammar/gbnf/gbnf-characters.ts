import { codePoints, complementOf, type CodePointSet } from "../pattern/code-point-set.ts";
import type { GrammarText } from "../rules/grammar-text.ts";

/** What stands for itself or for another character behind a backslash. */
const escapes: Readonly<Record<string, string>> = {
  t: "\t",
  r: "\r",
  n: "\n",
  "\\": "\\",
  '"': '"',
  "[": "[",
  "]": "]",
  "-": "-",
};

/** Hexadecimal digits behind `\x`, `\u` and `\U`. */
const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** One character of a literal or a class, as a code point. @throws GrammarError for an unknown escape, and for no character */
export function readCharacter(source: GrammarText): number {
  const { character, at } = source;
  if (character === "") throw source.expected("a character");
  source.at += character.length;
  if (character !== "\\") return character.codePointAt(0) ?? 0;
  const kind = source.character;
  const length = hexLengths[kind];
  if (length === undefined) {
    const escaped = Object.hasOwn(escapes, kind) ? escapes[kind] : undefined;
    if (escaped === undefined) throw source.expected(String.raw`an escape: \x \u \U \t \r \n \\ \" \[ \] \-`, at);
    source.at += kind.length;
    return escaped.codePointAt(0) ?? 0;
  }
  source.at++;
  const digits = source.match(new RegExp(`[0-9a-fA-F]{${length}}`, "y"));
  if (digits === null) throw source.expected(`\\${kind} with ${length} hexadecimal digits`, at);
  const codePoint = Number.parseInt(digits, 16);
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff))
    throw source.expected("the code of a Unicode character", at);
  return codePoint;
}

/** `[…]` or `[^…]` as ranges of code points. @throws GrammarError for an empty class and a range from a later to an earlier one */
export function readClass(source: GrammarText): CodePointSet {
  const start = source.at;
  source.expect("[");
  const isNegated = source.skip("^");
  const ranges: (readonly [number, number])[] = [];
  while (!source.skip("]")) {
    if (source.isAtEnd) throw source.problem("the class has no end", "close it with ]", start);
    const { at } = source;
    const from = readCharacter(source);
    const isRange = source.startsWith("-") && !source.startsWith("-]");
    if (isRange) source.at++;
    const to = isRange ? readCharacter(source) : from;
    if (to < from) throw source.problem("the range ends before it begins", "exchange its ends", at);
    ranges.push([from, to]);
  }
  if (ranges.length === 0) throw source.problem("the class has no characters", "name at least one", start);
  const named = codePoints(...ranges);
  return isNegated ? complementOf(named) : named;
}
