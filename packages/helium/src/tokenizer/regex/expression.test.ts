import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenizerError } from "../../errors.ts";
import { Expression } from "./expression.ts";
import { PatternSyntaxError } from "./node.ts";

const findAll = (expression: Expression, text: string): [number, number][] => {
  const found: [number, number][] = [];
  expression.forEachMatch(text, (start, end) => found.push([start, end]));
  return found;
};

const matches = (pattern: string, text: string): string[] =>
  findAll(new Expression(pattern), text).map(([start, end]) => text.slice(start, end));

/** Expected matches by Oniguruma 6.9, as the tokenizers library has it. */
describe("Oniguruma patterns", () => {
  it.each<[string, string, string[]]>([
    [String.raw`\s+(?!\S)|\s+`, "a  b \u0085\u3000\ufeff", [" ", " ", " \u0085", "\u3000"]],
    [String.raw`\w+`, "x² _é1 日本-١", ["x²", "_é1", "日本", "١"]],
    [String.raw`[\w]+`, "x²y", ["x", "y"]],
    [String.raw`[^\w\s]+`, "a! ²?b", ["!", "²?"]],
    [String.raw`\d\D`, "1a٣b", ["1a", "٣b"]],
    [String.raw`\h+`, "xbeEf0g", ["beEf0"]],
    [String.raw`.+`, "a\rb\nc", ["a\rb", "c"]],
    [String.raw`^a|c$`, "a\nab\nc", ["a", "a", "c"]],
    [String.raw`\Aa|c\z`, "a\na c\nc", ["a", "c"]],
    [String.raw`c\Z`, "c\n", ["c"]],
    [String.raw`\bx²?\b`, "x ²x² xy", ["x"]],
    [String.raw`(?i:'s|'ll)`, "'s 'S 'ſ 'LL 'x", ["'s", "'S", "'ſ", "'LL"]],
    [String.raw`(?i)a(?-i:b)|c`, "Ab AB C", ["Ab", "C"]],
    [String.raw`(?i:[a-dk])+`, "aBK\u212aſz", ["aBK\u212a"]],
    [String.raw`(?i:[^a-y])`, "azZ1", ["z", "Z", "1"]],
    [String.raw`a?+a`, "aaa a", ["aa"]],
    [String.raw`a++b|a+`, "aab aa", ["aab", "aa"]],
    [String.raw`(?>a|ab)c`, "abc ac", ["ac"]],
    [String.raw`a{,2}b`, "aaab", ["aab"]],
    [String.raw`a{1,2}?`, "aa", ["a", "a"]],
    ["a{x}", "a{x}", ["a{x}"]],
    [String.raw`\p{Han}+|\p{^L}|\P{^Lu}`, "日本a1B", ["日本", "1", "B"]],
    [String.raw`\p{Alnum}+|[[:punct:]]|\p{Punct}`, "é1+.", ["é1", "+", "."]],
    [String.raw`[[:^space:]a-c]+`, "a b", ["a", "b"]],
    [String.raw`[]a]+|[-b]+|[c-]+`, "]a-bc-", ["]a", "-b", "c-"]],
    [String.raw`[[a-c][x-z]]+`, "abmxy", ["ab", "xy"]],
    [String.raw`\x41\x{1F600}\u00e9[\t-\r]`, "A😀é\n", ["A😀é\n"]],
    [String.raw`(?<n>a)(b)(?=c)(?<=b)(?<!x)(?!d)`, "abc", ["ab"]],
    [String.raw`[\r\n\b\-]+\/\.`, "\r\n\b-/.", ["\r\n\b-/."]],
    ["[一-龥ࠀ-一가-퟿]+", "中文é한", ["中文", "한"]],
  ])("%s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toEqual(expected);
  });

  it.each([
    [String.raw`(a)\1`],
    [String.raw`\X`],
    ["a**)"],
    ["(a"],
    ["(?m:a)"],
    ["(?#a)"],
    ["*a"],
    ["[a"],
    ["[a&&b]"],
    ["[z-a]"],
    ["a{2}?"],
    ["(?i:é)"],
    ["(?i:ss)"],
    ["(?i:[0-z])"],
    [String.raw`\p{NoSuchThing}`],
    [String.raw`\p{constructor}`],
    [String.raw`\x{110000}`],
    [String.raw`\ud800`],
    ["\\"],
    ["[[:no:]]"],
    ["(".repeat(5000)],
    ["[".repeat(5000)],
    ["a".repeat(20_000)],
  ])("refuses %s", (pattern) => {
    expect(() => new Expression(pattern)).toThrow(PatternSyntaxError);
  });
});

/** A pattern in Oniguruma's words and in JavaScript's. */
interface Pair {
  readonly oniguruma: string;
  readonly native: string;
  readonly isNullable: boolean;
}

let groups = 0;

const leaf = fc
  .constantFrom("a", "b", "😀", "[ab]", "[^a]", "\\s", "\\p{L}", "[\\p{M}😀]", ".")
  .map((text): Pair => ({ oniguruma: text, native: text === "." ? "[^\\n]" : text, isNullable: false }));

const quantified = (inner: fc.Arbitrary<Pair>): fc.Arbitrary<Pair> =>
  fc
    .tuple(inner, fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?", "??", "{0,2}?"))
    .map(([body, quantifier]) =>
      body.isNullable
        ? body
        : {
            oniguruma: `(?:${body.oniguruma}${quantifier})`,
            native: `(?:${body.native}${quantifier})`,
            isNullable: /^(?:\*|\?|\{0)/.test(quantifier),
          },
    );

const wrapped = (inner: fc.Arbitrary<Pair>): fc.Arbitrary<Pair> =>
  fc.tuple(inner, fc.constantFrom(":", ":", "=", "!", "<=", "<!", ">")).map(([body, kind]) => {
    const name = `g${groups++}`;
    return {
      oniguruma: `(?${kind}${body.oniguruma})`,
      native: kind === ">" ? `(?:(?=(?<${name}>${body.native}))\\k<${name}>)` : `(?${kind}${body.native})`,
      isNullable: body.isNullable || /[=!]/.test(kind),
    };
  });

/** Options of up to three parts each. */
const pairOf = (part: fc.Arbitrary<Pair>): fc.Arbitrary<Pair> =>
  fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }).map((options) => ({
    oniguruma: options.map((parts) => parts.map((one) => one.oniguruma).join("")).join("|"),
    native: options.map((parts) => parts.map((one) => one.native).join("")).join("|"),
    isNullable: options.some((parts) => parts.every((one) => one.isNullable)),
  }));

const shallow = fc.oneof(leaf, quantified(leaf));
const middle = fc.oneof(shallow, wrapped(pairOf(shallow)), quantified(wrapped(pairOf(shallow))));
const deep = fc.oneof(shallow, wrapped(pairOf(middle)), quantified(wrapped(pairOf(middle))));

describe("Expression", () => {
  it("finds what JavaScript's own engine finds", () => {
    let compared = 0;
    fc.assert(
      fc.property(
        pairOf(deep),
        fc.array(fc.string({ unit: fc.constantFrom("a", "b", "😀", " ", "\n", "e\u0301", "c"), maxLength: 12 }), {
          minLength: 4,
          maxLength: 4,
        }),
        ({ oniguruma, native }, texts) => {
          let expression: Expression;
          try {
            expression = new Expression(oniguruma);
          } catch (error) {
            expect(error).toBeInstanceOf(PatternSyntaxError);
            expect((error as Error).message).toMatch(/lookahead in a lookbehind|keeps what it took|than 8 lookbehinds/);
            return;
          }
          compared++;
          for (const text of texts) {
            const expected = [...text.matchAll(new RegExp(native, "gv"))]
              // V8 finds empty matches between the two units of a character.
              .filter((match) => !/^[\udc00-\udfff]/.test(text.slice(match.index)))
              .map((match) => [match.index, match.index + match[0].length])
              // As in Oniguruma's search loop.
              .filter(([start, end], index, all) => start !== end || all[index - 1]?.[1] !== start);
            expect(findAll(expression, text), `${oniguruma} on ${JSON.stringify(text)}`).toEqual(expected);
          }
        },
      ),
      { seed: 5, numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(150);
  });
});

describe("what freezes or ends a backtracking engine is found in one reading of the text", () => {
  const llama3 = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

  it.each<[string, string, string, [number, number][]]>([
    [
      "five million spaces under the expression of Llama 3",
      llama3,
      `${" ".repeat(5_000_000)}x`,
      [
        [0, 4_999_999],
        [4_999_999, 5_000_001],
      ],
    ],
    ["nested loops", "(a+)+b", "a".repeat(100_000), []],
    ["loops over the same characters", "a*a*a*a*a*b|c", `${"a".repeat(100_000)}c`, [[100_000, 100_001]]],
    ["options that overlap", "(?:a|a|aa)+$", `${"a".repeat(100_000)}b`, []],
  ])("%s", (_, pattern, text, expected) => {
    expect(findAll(new Expression(pattern), text)).toEqual(expected);
  });

  it("a lookahead that looks to the end of a long number at each of its digits", () => {
    const found = findAll(new Expression(String.raw`\d{1,3}(?=(?:\d{3})*\b)`), "1".repeat(200_000));
    expect(found.length).toBe(66_667);
    expect(found.slice(0, 3)).toEqual([
      [0, 2],
      [2, 5],
      [5, 8],
    ]);
  });

  it("a loop that fails at every place", () => {
    expect(findAll(new Expression("a*b|(?=a)"), "a".repeat(100_000))).toHaveLength(100_000);
  });

  it.each([
    ["(a*)*", /repeats something without limit that may match nothing/],
    [String.raw`(?:\b|a)+`, /repeats something without limit that may match nothing/],
    ["a{1,100000}", /repeats up to 100000 times/],
    ["(?:a{100}){100}", /expands to more than 4096 steps/],
    ["(?<=(?=a))", /holds a lookahead in a lookbehind/],
    ["(?>(?:ab)*c)", /holds a loop over more than one character in a group that keeps what it took/],
    [String.raw`\p{RGI_Emoji}`, /holds \{RGI_Emoji\}/],
  ])("refuses %s by name", (pattern, message) => {
    expect(() => new Expression(pattern)).toThrow(message);
    expect(() => new Expression(pattern)).toThrow(PatternSyntaxError);
  });

  it("refuses with a typed error a text that needs more than can be kept", () => {
    let bits = 1;
    const random = Array.from({ length: 100_000 }, () => {
      for (const shift of [13, -17, 5]) bits ^= shift > 0 ? bits << shift : bits >>> -shift;
      return bits < 0 ? "a" : "b";
    }).join("");
    const hostile = new Expression("c(?:a|b){40}a");
    expect(() => findAll(hostile, random)).toThrow(TokenizerError);
  });
});
