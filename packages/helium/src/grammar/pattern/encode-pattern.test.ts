import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GrammarError, GrammarLimitError, UnsupportedGrammarError } from "../../errors.ts";
import { RegexArena } from "../regex/index.ts";
import type { Regex } from "../regex/index.ts";
import { encodeJsonBody, encodeText, searchPattern } from "./encode-pattern.ts";
import { parsePattern } from "./parse-pattern.ts";

/** A JSON spelling of a text, by a list of choices: each character raw, short, or as \u in upper or lower case. */
function spelt(text: string, choices: readonly number[]): string {
  return Array.from(text, (character, i) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    const upper = (i + (choices[i] ?? 0)) % 2 === 0;
    const units = Array.from({ length: character.length }, (_, unit) => {
      const hex = character.charCodeAt(unit).toString(16).padStart(4, "0");
      return `\\u${upper ? hex.toUpperCase() : hex}`;
    }).join("");
    return [escaped, character === "/" ? "\\/" : escaped, units][choices[i] ?? 0];
  }).join("");
}

/** Compares with the platform: in text and in JSON, searching and from end to end. */
function compare(source: string, flags: string, texts: readonly string[], choices: readonly number[] = []): void {
  const regexes = new RegexArena();
  const pattern = parsePattern(source, { flags });
  const whole = encodeText(regexes, pattern);
  const search = encodeText(regexes, searchPattern(pattern));
  const inJson = encodeJsonBody(regexes, searchPattern(pattern));
  const platformFlags = flags.includes("v") ? flags : `${flags}u`;
  const anywhere = new RegExp(source, platformFlags);
  // `^(?:…)$` would also match at the lines of `m`.
  const ends = new RegExp(`(?:${source})(?![^])`, `${platformFlags}y`);
  for (const text of texts) {
    const about = `/${source}/${platformFlags} on ${JSON.stringify(text)}`;
    expect([about, "whole", regexes.matches(whole, text)]).toEqual([about, "whole", ends.test(text)]);
    ends.lastIndex = 0;
    const found = anywhere.test(text);
    expect([about, "search", regexes.matches(search, text)]).toEqual([about, "search", found]);
    const body = spelt(text, choices);
    expect([about, body, regexes.matches(inJson, body)]).toEqual([about, body, found]);
  }
}

const letters = fc.constantFrom("a", "b", "-", "\n", "é", "K", "k", "😀", '"', "\\", "/");
const texts = fc.array(
  fc.array(letters, { maxLength: 6 }).map((all) => all.join("")),
  { minLength: 10, maxLength: 10 },
);
const choices = fc.array(fc.nat(2), { minLength: 6, maxLength: 6 });

const simple = [
  ...["a", "b", "k", "é", "😀", ".", "\\w", "\\W", "\\d", "\\s", "[ab]", "[^a]", "[^\\n]", "[a-k]", "\\/", '"'],
  ...["\\\\", "\\u0061", "\\u{1F600}", "\\ud83d\\ude00", "[\\s\\S]", "\\x62", "\\n", "(?:)"],
];
/** Their classes are large, so they are left out where many combinations are tried. */
const properties = ["\\p{L}", "\\P{Ll}"];
const assertions = fc.constantFrom("^", "$", "\\b", "\\B");

const patterns = (withAssertions: boolean): fc.Arbitrary<string> =>
  fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      ...(withAssertions ? [{ arbitrary: assertions, weight: 1 }] : []),
      { arbitrary: fc.constantFrom(...simple, ...(withAssertions ? [] : properties)), weight: 4 },
      { arbitrary: fc.array(tie("node"), { minLength: 2, maxLength: 4 }).map((parts) => parts.join("")), weight: 4 },
      {
        arbitrary: fc.array(tie("node"), { minLength: 2, maxLength: 3 }).map((parts) => `(?:${parts.join("|")})`),
        weight: 2,
      },
      {
        arbitrary: fc
          .tuple(tie("node"), fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "??"))
          .map(([part, count]) => `(?:${part})${count}`),
        weight: 3,
      },
      ...(withAssertions
        ? [
            {
              arbitrary: fc
                .tuple(fc.constantFrom("?=", "?!", "?<=", "?<!"), tie("node"))
                .map(([way, part]) => `(${way}${part})`),
              weight: 3,
            },
          ]
        : []),
    ),
  })).node;

describe("patterns match what the platform's RegExp matches", () => {
  test("without assertions", () => {
    fc.assert(
      fc.property(patterns(false), fc.constantFrom("", "i", "s", "is"), texts, choices, (source, flags, all, how) =>
        compare(source, flags, all, how),
      ),
      { seed: 15, numRuns: 60 },
    );
  });

  test("with anchors, word boundaries and lookarounds anywhere", () => {
    let refused = 0;
    fc.assert(
      fc.property(patterns(true), fc.constantFrom("", "m", "i", "s"), texts, choices, (source, flags, all, how) => {
        try {
          compare(source, flags, all, how);
        } catch (error) {
          const isRefusal = error instanceof GrammarLimitError || error instanceof UnsupportedGrammarError;
          if (!isRefusal || !/inside a lookbehind|states/.test(error.message)) throw error;
          refused++;
        }
      }),
      { seed: 15, numRuns: 100 },
    );
    expect(refused).toBeLessThan(20);
  });

  test.each([
    ["^a|b$", "", ["a", "b", "ab", "xb", "ax", "xa", "bx"]],
    ["^(?!.*--)[a-z-]+$", "", ["a-b", "a--b", "", "-"]],
    ["^(?=.*[a-z])(?=.*\\d).{4,}$", "", ["abc1", "abcd", "ab1", "1111", "1a\n11"]],
    ["^(?:(?!foo).)*$", "", ["", "fo", "foo", "afoob", "ffo", "f\noo"]],
    ["^((?!-)[a-z-]{1,5}(?<!-)\\.)+com$", "", ["a.com", "-a.com", "a-.com", "a-b.c.com", "com"]],
    ["(?<![a-z])\\d+\\b", "", ["a1", "1", "x 12", "1a"]],
    ["(^|,)a(?:,|$)", "", ["a", "ba", "b,a", "b,a,c", "ab"]],
    ["^([a-z]+(,|$))+$", "", ["ab,c", "ab,", "a,,b", ""]],
    ["[\\w-.]+@[a-z]{2,}", "u-lenient", ["a-b.c@de", "@de"]],
    ["[\\p{L}--[a-z]]", "v", ["a", "A", "1"]],
    ["[\\w&&\\d]+[^\\P{Lu}]", "v", ["1A", "aA", "1a"]],
    ["^\\S(|(.|\\n)*\\S)$", "", ["a", " a", "a ", "a b", "", "a\nb"]],
    ["ſ", "i", ["s", "S", "ſ", "ß"]],
    ["[^x]K\\W", "i", ["akK", "aK ", "xK-", "a\u212a!"]],
  ])("/%s/%s", (source, flags, all) => {
    if (flags !== "u-lenient") return compare(source, flags, all);
    const regexes = new RegexArena();
    const search = encodeText(regexes, searchPattern(parsePattern(source)));
    for (const text of all)
      expect([text, regexes.matches(search, text)]).toEqual([text, new RegExp(source).test(text)]);
  });

  test("what annex B lets stand for itself is taken", () => {
    const regexes = new RegexArena();
    const matches = (source: string, text: string): boolean =>
      regexes.matches(encodeText(regexes, parsePattern(source)), text);
    for (const [source, text] of [
      ["a{", "a{"],
      ["{}]", "{}]"],
      ["\\_\\-\\@\\é", "_-@é"],
      ["[\\d-x]", "-"],
      ["x{,5}", "x{,5}"],
      ["(?=a)*a", "a"],
    ] as const) {
      expect([source, matches(source, text)]).toEqual([source, true]);
      expect(matches(source, `${text}!`)).toBe(false);
    }
  });
});

describe("in JSON", () => {
  const regexes = new RegexArena();
  const body = (source: string): Regex => encodeJsonBody(regexes, parsePattern(source));

  test("the complement stays within the bodies of strings", () => {
    const notA = body("(?!a$)[^]*");
    for (const text of ["", "b", "\\u0062", "aa", "\\u0061a", "\\ud83d\\ude00", "\\uD83D\\uDE00"]) {
      expect([text, regexes.matches(notA, text)]).toEqual([text, true]);
    }
    for (const text of ["a", "\\u0061", '"', "\\x", "\\ud83d", "\\ude00", "\n", "\\", "\\u00", "\\ud83d\\u0061"]) {
      expect([text, regexes.matches(notA, text)]).toEqual([text, false]);
    }
  });

  test("any string is one state in its loop", () => {
    const any = body("[^]*");
    expect(regexes.step(any, 0x61)).toBe(any);
    const found = body("[^]*x[^]*");
    expect(regexes.step(found, 0x61)).toBe(found);
    const behind = regexes.step(found, 0x78);
    expect(regexes.step(behind, 0x61)).toBe(behind);
  });
});

describe("what cannot be enforced is refused by name", () => {
  test.each([
    ["(a)\\1", /a backreference \\1/],
    ["(?<x>a)\\k<x>", /a backreference \\k/],
    ["\\Aa\\Z", /the escape \\A/],
    ["[[:alpha:]]", /POSIX class/],
    ["\\p{Nope}", /\\p\{Nope\}/],
    ["(?<=a(?=b))", /a lookahead or \$ inside a lookbehind/],
  ])("/%s/", (source, message) => {
    const make = (): Regex => encodeText(new RegexArena(), parsePattern(source));
    expect(make).toThrow(UnsupportedGrammarError);
    expect(make).toThrow(message);
  });

  test.each([
    "(",
    ")",
    "(?",
    "(?P<x>a)",
    "*",
    "a**",
    "[b-a]",
    "[a",
    "\\",
    "a{2,1}",
    "(?i)a",
    "(?>a)",
    "x{1}{2}",
    "\\u12",
  ])("/%s/ is malformed", (source) => expect(() => parsePattern(source)).toThrow(GrammarError));

  test("a flag that RegExp does not have", () => {
    expect(() => parsePattern("a", { flags: "x" })).toThrow(UnsupportedGrammarError);
  });
});

describe("hostile patterns", () => {
  test.each([
    "(a|a)*b",
    "(a+)+$",
    "((a*)*)*",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "((a{1,100}){1,100}){1,100}",
    "(.*a){20}",
  ])("%s takes bounded work", (source) => {
    const regexes = new RegexArena();
    const made = encodeJsonBody(regexes, searchPattern(parsePattern(source)));
    regexes.matches(made, "a".repeat(300));
    expect(regexes.size).toBeLessThan(200_000);
  });

  test.each([
    ["a megabyte", "a".repeat(1 << 20)],
    ["groups 10,000 deep", "(".repeat(10_000) + ")".repeat(10_000)],
    ["a count of a billion", "a{1000000000}"],
    ["classes 10,000 deep", "[".repeat(10_000)],
    ["lookaheads in long loops", "(?:(?:(?:a(?!b)){1000}){1000}){1000}"],
  ])("%s", (_, source) => {
    expect(() => encodeText(new RegexArena(), parsePattern(source, { flags: "v" }))).toThrow(GrammarError);
    expect(GrammarLimitError.prototype).toBeInstanceOf(GrammarError);
  });
});
