import { describe, expect, it } from "vitest";
import { PatternSyntaxError, translateOniguruma } from "./oniguruma.ts";

const matches = (pattern: string, text: string): string[] =>
  [...text.matchAll(translateOniguruma(pattern))].map((match) => match[0]);

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
    expect(() => translateOniguruma(pattern)).toThrow(PatternSyntaxError);
  });
});
