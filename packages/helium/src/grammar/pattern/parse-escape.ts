import { charactersOfProperty, digits, whiteSpace, wordCharacters } from "./character-classes.ts";
import type { CodePointSet } from "./code-point-set.ts";
import { codePoints, complementOf } from "./code-point-set.ts";
import type { PatternReader } from "./pattern-reader.ts";

/** One character, or the set that a class escape stands for. */
export type Escape = { readonly codePoint: number } | { readonly set: CodePointSet };

export const setOf = (escape: Escape): CodePointSet => ("set" in escape ? escape.set : codePoints(escape.codePoint));

const controls: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d };

/**
 * CharacterEscape and CharacterClassEscape of ECMA-262, after the backslash, in and out of classes. Of annex B, a backslash
 * before any character but an ASCII letter or digit is that character (`\-`, `\_`, `\"`).
 */
export function parseEscape(reader: PatternReader): Escape {
  const letter = reader.next();
  const control = controls[letter];
  if (control !== undefined) return { codePoint: control };
  switch (letter) {
    case "d":
      return { set: digits };
    case "D":
      return { set: complementOf(digits) };
    case "s":
      return { set: whiteSpace };
    case "S":
      return { set: complementOf(whiteSpace) };
    case "w":
      return { set: reader.cased(wordCharacters) };
    case "W":
      return { set: complementOf(reader.cased(wordCharacters)) };
    case "p":
    case "P":
      return { set: parseProperty(reader, letter === "P") };
    case "c":
      return { codePoint: parseControl(reader) };
    case "x":
      return { codePoint: parseHex(reader, /^[0-9a-fA-F]{2}/, "two hexadecimal digits after \\x") };
    case "u":
      return { codePoint: parseUnicode(reader) };
    case "0":
      if (/^[0-9]$/.test(reader.peek())) reader.refuse("an octal escape", "write \\x and two hexadecimal digits");
      return { codePoint: 0 };
    case "k":
      return reader.refuse("a backreference \\k", "write out what it repeats, since repeated text is not regular");
    case "":
      return reader.fail("a character after the backslash");
  }
  if (/^[1-9]$/.test(letter)) {
    reader.refuse(`a backreference \\${letter}`, "write out what it repeats, since repeated text is not regular");
  }
  if (/^[a-zA-Z]$/.test(letter)) {
    reader.refuse(`the escape \\${letter}`, "ECMA-262 gives it no meaning with the flag u; anchors are ^ and $");
  }
  return { codePoint: letter.codePointAt(0) ?? 0 };
}

function parseProperty(reader: PatternReader, negative: boolean): CodePointSet {
  const property = reader.takeMatch(/^\{([A-Za-z0-9_]+(?:=[A-Za-z0-9_]+)?)\}/)?.[1];
  if (property === undefined) return reader.fail("a property in braces after \\p, such as \\p{L}");
  const set = charactersOfProperty(property);
  if (set === undefined) {
    return reader.refuse(`\\p{${property}}`, "name a property of characters that this platform's RegExp knows");
  }
  if (!negative) return set;
  return complementOf(reader.flags.unicodeSets ? reader.cased(set) : set);
}

function parseControl(reader: PatternReader): number {
  const letter = reader.next();
  if (!/^[a-zA-Z]$/.test(letter)) reader.fail("a letter after \\c");
  return letter.charCodeAt(0) % 32;
}

function parseHex(reader: PatternReader, form: RegExp, expected: string): number {
  const match = reader.takeMatch(form);
  return match === undefined ? reader.fail(expected) : parseInt(match[0], 16);
}

function parseUnicode(reader: PatternReader): number {
  const braced = reader.takeMatch(/^\{([0-9a-fA-F]+)\}/)?.[1];
  if (braced !== undefined) {
    const codePoint = parseInt(braced, 16);
    return codePoint <= 0x10ffff ? codePoint : reader.fail("a code point up to 10FFFF in \\u{…}");
  }
  const unit = parseHex(reader, /^[0-9a-fA-F]{4}/, "four hexadecimal digits or a code point in braces after \\u");
  if (unit < 0xd800 || unit > 0xdbff) return unit;
  const low = reader.takeMatch(/^\\u([dD][c-fC-F][0-9a-fA-F]{2})/)?.[1];
  return low === undefined ? unit : 0x10000 + ((unit - 0xd800) << 10) + (parseInt(low, 16) - 0xdc00);
}
