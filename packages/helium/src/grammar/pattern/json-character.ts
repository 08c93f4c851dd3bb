import type { Regex, RegexArena } from "../regex/index.ts";
import type { CodePointSet } from "./code-point-set.ts";
import { codePoints, hasCodePoint, intersectionOf } from "./code-point-set.ts";

/** What RFC 8259 lets stand for itself in a string: all but control characters, the quote and the backslash. */
const unescaped: CodePointSet = codePoints([0x20, 0x21], [0x23, 0x5b], [0x5d, 0x10ffff]);

const shortEscapes = { '"': 0x22, "\\": 0x5c, "/": 0x2f, b: 0x08, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 } as const;

const oneUnit: CodePointSet = [[0, 0xffff]];
const twoUnits: CodePointSet = [[0x10000, 0x10ffff]];

/**
 * Spells one character of a set as it may stand between the quotes of a JSON string: itself, as a short escape, or as `\uXXXX`
 * in upper or lower case, beyond U+FFFF as two of them.
 */
export function jsonSpelling(regexes: RegexArena): (set: CodePointSet) => Regex {
  const hex = new HexWriter(regexes);
  const [backslash, unit] = [ascii(regexes, "\\"), ascii(regexes, "u")];
  const short = Object.entries(shortEscapes).map(([letter, codePoint]) => [ascii(regexes, letter), codePoint] as const);
  return (set) => {
    const pairs = intersectionOf(set, twoUnits).map(([first, last]) => [first - 0x10000, last - 0x10000] as const);
    const units = [hex.numbers(intersectionOf(set, oneUnit), unitDigits), hex.numbers(pairs, pairDigits)];
    const escaped = regexes.or(
      ...short.filter(([, codePoint]) => hasCodePoint(set, codePoint)).map(([letter]) => letter),
      regexes.concat(unit, regexes.or(...units)),
    );
    return regexes.or(regexes.characters(intersectionOf(set, unescaped)), regexes.concat(backslash, escaped));
  };
}

const ascii = (regexes: RegexArena, letter: string): Regex => regexes.bytes(letter.charCodeAt(0));

/** One digit of a number whose digits have different bases; `offset` is added to it before it is written. */
interface Digit {
  readonly base: number;
  readonly offset: number;
  /** What stands before it, in lower case. */
  readonly before: string;
}

const hexDigit: Digit = { base: 16, offset: 0, before: "" };
const unitDigits: readonly Digit[] = [hexDigit, hexDigit, hexDigit, hexDigit];
/** U+10000 + 2¹⁰·high + low is D800 + high, DC00 + low; the `u` before the first stands already. */
const pairDigits: readonly Digit[] = [
  { base: 4, offset: 8, before: "d" },
  hexDigit,
  hexDigit,
  { base: 4, offset: 12, before: "\\ud" },
  hexDigit,
  hexDigit,
];

/** Writes sets of numbers digit by digit, with digits in upper and lower case. */
class HexWriter {
  readonly #regexes: RegexArena;
  readonly #digits: readonly Regex[];
  readonly #whole = new Map<readonly Digit[], Regex>();

  constructor(regexes: RegexArena) {
    this.#regexes = regexes;
    this.#digits = Array.from({ length: 16 }, (_, digit) => this.#inBothCases(digit.toString(16)));
  }

  numbers(set: CodePointSet, digits: readonly Digit[]): Regex {
    const [digit, ...rest] = digits;
    if (set.length === 0) return this.#regexes.nothing;
    if (digit === undefined) return this.#regexes.empty;
    const size = rest.reduce((product, { base }) => product * base, 1);
    if (set[0]?.[0] === 0 && set[0][1] >= size * digit.base - 1) return this.#all(digits);
    const byTail = new Map<Regex, Regex[]>();
    for (let value = 0; value < digit.base; value++) {
      const inside = intersectionOf(set, [[value * size, (value + 1) * size - 1]]);
      const moved = inside.map(([first, last]) => [first - value * size, last - value * size] as const);
      const tail = this.numbers(moved, rest);
      const head = this.#digits[value + digit.offset] ?? this.#regexes.nothing;
      if (tail !== this.#regexes.nothing) byTail.set(tail, [...(byTail.get(tail) ?? []), head]);
    }
    const options = [...byTail].map(([tail, heads]) => this.#regexes.concat(this.#regexes.or(...heads), tail));
    return this.#after(digit, this.#regexes.or(...options));
  }

  /** Every number of so many digits. */
  #all(digits: readonly Digit[]): Regex {
    const [digit, ...rest] = digits;
    if (digit === undefined) return this.#regexes.empty;
    const known = this.#whole.get(digits);
    if (known !== undefined) return known;
    const heads = this.#regexes.or(...this.#digits.slice(digit.offset, digit.offset + digit.base));
    const made = this.#after(digit, this.#regexes.concat(heads, this.#all(rest)));
    this.#whole.set(digits, made);
    return made;
  }

  #after(digit: Digit, tail: Regex): Regex {
    const before = Array.from(digit.before, (letter) =>
      letter === "d" ? this.#inBothCases(letter) : ascii(this.#regexes, letter),
    );
    return this.#regexes.concat(...before, tail);
  }

  #inBothCases(letter: string): Regex {
    return this.#regexes.or(ascii(this.#regexes, letter), ascii(this.#regexes, letter.toUpperCase()));
  }
}
