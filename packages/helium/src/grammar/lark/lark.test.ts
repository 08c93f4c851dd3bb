import { describe, expect, test } from "vitest";
import { GrammarError, UnsupportedGrammarError } from "../../errors.ts";
import { GrammarBuilder } from "../automaton/grammar-builder.ts";
import { Grammar, GrammarContext } from "../grammar.ts";
import { TokenVocabulary } from "../vocabulary/token-vocabulary.ts";
import { commonTerminals } from "./common-terminals.ts";
import { larkExpression } from "./lark.ts";

const bytes = TokenVocabulary.fromTokens(Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)));

const grammarOf = (text: string): Grammar => {
  const context = GrammarContext.of(bytes);
  const builder = new GrammarBuilder(context.regexes);
  const json = (schema: unknown): number => builder.terminal(context.regexes.literal(JSON.stringify(schema)));
  return new Grammar(context, builder, larkExpression(text, builder, { json }));
};

const accepts = (grammar: Grammar, text: string): boolean => {
  let state: Grammar["start"] | null = grammar.start;
  for (const byte of new TextEncoder().encode(text)) state = state?.stepByte(byte) ?? null;
  return state?.isAccepting ?? false;
};

const calculator = String.raw`
// sums of products
?start: sum
?sum: product
    | sum "+" product   -> add
    | sum "-" product   -> sub
?product: atom
    | product "*" atom  -> mul   # and
    | product "/" atom  -> div
?atom: NUMBER           -> number
     | "-" atom         -> neg
     | NAME             -> var
     | "(" sum ")"
%import common.CNAME -> NAME
%import common.NUMBER
%import common.WS_INLINE
%ignore WS_INLINE
`;

const json = String.raw`
start: value
value: object | array | ESCAPED_STRING | SIGNED_NUMBER | "true" | "false" | "null"
array: "[" [value ("," value)*] "]"
object: "{" [pair ("," pair)*] "}"
pair: ESCAPED_STRING ":" value
%import common (ESCAPED_STRING, SIGNED_NUMBER, WS)
%ignore WS
`;

const call = String.raw`
start[capture]: TEXT | fun_call
TEXT: /[^{](.|\n)*/
fun_call: %json {
  "name": "}\"{", "list": [1, {}]
}
`;

describe("grammars", () => {
  test.each<[string, string, string[], string[]]>([
    ["a calculator", calculator, ["1", " -x * (2.5e3 + y_1) / 3", "1+-1", "1 "], ["", "1 +", "(1", "1\n", "x y"]],
    ["json", json, ['{"a": [1, -2.5, {"b": null}], "c":"\\n"}', "[]", " 3 ", "[ ]"], ["", "[1,]", "{1:2}", '"\n"']],
    ["text or a call", call, ["no call", "x{}", '{"name":"}\\"{","list":[1,{}]}'], ["", "{}", "{x"]],
  ])("%s", (_, text, accepted, refused) => {
    const grammar = grammarOf(text);
    for (const one of accepted) expect([one, accepts(grammar, one)]).toEqual([one, true]);
    for (const one of refused) expect([one, accepts(grammar, one)]).toEqual([one, false]);
  });
});

describe("what Lark has", () => {
  test.each<[string, string, string[], string[]]>([
    ["strings with escapes", String.raw`start: "a\"\\\/\n\t\u00e9\x41"`, ['a"\\/\n\téA'], ["a"]],
    ["strings in any case", 'start: "Straße"i "x"', ["straßex", "STRAẞEx"], ["strassex", "straßeX"]],
    ["ranges", 'start: "a".."c" "0".."9"', ["a0", "c9"], ["d0", "aa"]],
    ["regular expressions with flags", "start: /a.b/i /c.d/s", ["AxBc\nd", "aébcxd"], ["a\nbcxd", "axbCxd"]],
    ["a slash in a regular expression", String.raw`start: /a\/[^\/]/`, ["a/b"], ["a//"]],
    [
      "counts",
      'start: "a"~2 "b" ~ 1..2 "c"{2} "d"{1,} "e"{,2} "f"?',
      ["aabccd", "aabbccddeef"],
      ["abccd", "aabccdeee"],
    ],
    ["groups and what may be left out", 'start: ("a" | "b")+ ["c" "d"]', ["ab", "bcd"], ["", "ac"]],
    [
      "lines in groups, and those that begin with |",
      'start: (\n "a" // x\n | "b"\n)\n\n  | "c" # y\n',
      ["a", "b", "c"],
      [""],
    ],
    [
      "and and not in terminals",
      String.raw`start: LINES
LINES: /[a-z\n]*/ & ~/(?s:.*)\n\n(?s:.*)/`,
      ["a\nb\n", ""],
      ["a\n\nb", "A"],
    ],
    ["a not that binds more than a plus", 'start: A\nA: (~"a")+ & /[ab]*/', ["b", "ab", "aa", ""], ["a", "c"]],
    ["terminals of terminals", "start: INT\nINT: SIGN? DIGIT+\nDIGIT: /[0-9]/\nSIGN: /[+-]/", ["-12", "3"], ["-"]],
    [
      "no blanks within a terminal, but within a rule",
      'start: X y\nX: "a" "b"\ny: "a" "b"\n%ignore " "',
      ["aba b ", " abab"],
      ["a bab"],
    ],
    ["ignored comments", 'start: "a" "b"\n%ignore " "\n%ignore /#[^#]*#/', ["a #x y# b", "#1##2# ab"], ["a # b"]],
    ["names with underscores and dashes", 'start: _a-b _C-D\n_a-b: "x"\n_C-D: "y"', ["xy"], ["x"]],
    ["left recursion", 'start: start "a" | "b"', ["b", "baa"], ["a"]],
    ["an empty alternative", 'start: "a" x\nx: | "b"', ["a", "ab"], [""]],
    ["an empty %llguidance", '%llguidance {}\nstart: "a"', ["a"], ["b"]],
    ["no lexer: lexemes may touch", "start: NAME NAME\nNAME: /[a-z]+/\n%ignore / /", ["a b", "ab"], ["a"]],
  ])("%s", (_, text, accepted, refused) => {
    const grammar = grammarOf(text);
    for (const one of accepted) expect([one, accepts(grammar, one)]).toEqual([one, true]);
    for (const one of refused) expect([one, accepts(grammar, one)]).toEqual([one, false]);
  });

  const examples: Readonly<Record<string, readonly [accepted: string, refused: string]>> = {
    DIGIT: ["7", "77"],
    HEXDIGIT: ["f", "g"],
    INT: ["042", "-1"],
    SIGNED_INT: ["-1", "1.0"],
    DECIMAL: ["1.", "1"],
    _EXP: ["e-10", "e"],
    FLOAT: ["1e5", "1"],
    SIGNED_FLOAT: ["-.5", "-5"],
    NUMBER: ["5", "-5"],
    SIGNED_NUMBER: ["+5.5E1", "5e"],
    ESCAPED_STRING: [String.raw`"a\"b"`, '"a"b"'],
    LCASE_LETTER: ["a", "A"],
    UCASE_LETTER: ["A", "a"],
    LETTER: ["z", "é"],
    WORD: ["Word", "a1"],
    CNAME: ["_a1", "1a"],
    WS_INLINE: [" \t", "\n"],
    WS: ["\r\n\f", "x"],
    CR: ["\r", "\n"],
    LF: ["\n", "\r"],
    NEWLINE: ["\r\n\n", "\r"],
    SH_COMMENT: ["# a", "# a\n"],
    CPP_COMMENT: ["// a", "/ a"],
    C_COMMENT: ["/* a * b **/", "/* a */ b */"],
    SQL_COMMENT: ["-- a", "- a"],
  };
  test.each(Object.keys(commonTerminals))("common.%s", (name) => {
    const grammar = grammarOf(`start: ${name}\n%import common.${name}`);
    expect(examples[name]?.map((text) => accepts(grammar, text))).toEqual([true, false]);
  });
});

describe("errors", () => {
  test.each<[string, unknown, RegExp]>([
    ["no text", null, /^lark: is null, expected the text of a grammar$/],
    ["no start", 'begin: "a"', /^lark, line 1, column 1: has no rule start, but begin; /],
    [
      "an undefined rule",
      'start: "a"\n  | item',
      /^lark, line 2, column 5: the rule "item" is not defined; there are start; define it$/,
    ],
    [
      "an undefined terminal",
      "start: NUMBER",
      /^lark, line 1, column 8: the terminal NUMBER is not defined; there are none; define it, or/,
    ],
    ["a rule in a terminal", "start: A\nA: start", /^lark, line 2, column 4: the rule start stands in a terminal/],
    ["a recursive terminal", 'start: A\nA: "a" B\nB: A?', /the terminal A names itself; only rules/],
    ["two definitions", 'start: "a"\nstart: "b"', /^lark, line 2, column 1: start is defined twice/],
    ["an unfinished string", 'start: "a', /^lark, line 1, column 8: is "\\"a", expected a string, closed by "/],
    ["an unfinished regular expression", "start: /a", /^lark, line 1, column 8: the regular expression has no end/],
    ["a bad regular expression", "start: /[b/", /^pattern \/\[b\/: /],
    ["a bad range", 'start: "b".."a"', /^lark, line 1, column 8: .*expected a range of two characters in order/],
    ["nothing to repeat", "start: *", /expected something before the \* to repeat$/],
    ["exchanged counts", 'start: "a"{3,2}', /^lark, line 1, column 11: at least 3 and at most 2 times/],
    ["empty braces", 'start: "a"{,}', /the braces have no count/],
    ["odd braces", 'start: "a"{x}', /expected counts such as \{2\}/],
    ["an unfinished group", 'start: ("a"', /^lark, line 1, column 12: is the end, expected "\)"$/],
    [
      "a second part on a line of its own",
      'start: "a"\n"b"',
      /^lark, line 2, column 1: is "\\"b\\"", expected a name$/,
    ],
    ["an unknown import", "start: X\n%import common.X", /common has no X; there are DIGIT, HEXDIGIT/],
    ["and in a rule", 'start: "a" & "b"', /^lark, line 1, column 8: & stands in a rule/],
    ["not in a rule", 'start: ~"a"', /^lark, line 1, column 8: ~ stands in a rule/],
    ["json in a terminal", "start: A\nA: %json {}", /%json stands in a terminal/],
    ["bad json", "start: %json {a}", /^lark, line 1, column 14: the JSON cannot be read/],
    ["json without an end", "start: %json {", /the JSON has no end/],
    ["an empty language", "start: start", /./],
  ])("%s", (_, text, message) => {
    expect(() => grammarOf(text as string)).toThrow(GrammarError);
    expect(() => grammarOf(text as string)).toThrow(message);
  });

  test.each<[string, string]>([
    ["priority", 'start.2: "a"'],
    ["priority", "start: A\nA.-1: /a/"],
    ["template", 'start: x{"a"}\nx{a}: a'],
    ["parametric rule", 'start: x::0x0\nx::_ : "a"'],
    ["lazy", "start[lazy]: /.*/"],
    ["stop", 'start[capture, stop="x"]: /.*/'],
    ["<token>", "start: <|eot|>"],
    ["@grammar", "start: @other"],
    ["%regex", 'start: %regex { "substring_chars": "abc" }'],
    ["%lark", "start: %lark { }"],
    ["%declare", 'start: "a"\n%declare A'],
    ["%override", 'start: "a"\n%override start: "b"'],
    ["%llguidance", '%llguidance { "no_forcing": true }\nstart: "a"'],
    ["%import", "start: A\n%import python.A"],
    ["%import", "start: A\n%import .other.A"],
    ["flag x", "start: /a b/x"],
  ])("%s is refused by name", (keyword, text) => {
    let error: unknown;
    try {
      grammarOf(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UnsupportedGrammarError);
    expect((error as UnsupportedGrammarError).keyword).toBe(keyword);
  });
});
