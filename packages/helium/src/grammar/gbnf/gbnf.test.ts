import { readFixture } from "../../../../../testing/fixtures.ts";
import { describe, expect, test } from "vitest";
import { GrammarError, GrammarLimitError, UnsupportedGrammarError } from "../../errors.ts";
import { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { GrammarBuilder } from "../automaton/grammar-builder.ts";
import { Grammar, GrammarContext } from "../grammar.ts";
import { TokenVocabulary } from "../vocabulary/token-vocabulary.ts";
import { gbnfExpression } from "./gbnf.ts";

const bytes = TokenVocabulary.fromTokens(Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)));
const utf8 = new TextEncoder();

const grammarOf = (text: string, vocabulary = bytes): Grammar => {
  const context = GrammarContext.of(vocabulary);
  const builder = new GrammarBuilder(context.regexes);
  return new Grammar(context, builder, gbnfExpression(text, builder));
};

/** Whether a grammar has a text. */
const accepts = (grammar: Grammar, text: string): boolean => {
  let state: Grammar["start"] | null = grammar.start;
  for (const byte of utf8.encode(text)) state = state?.stepByte(byte) ?? null;
  return state?.isAccepting ?? false;
};

const arithmetic = String.raw`
# a list of equations
root  ::= (expr "=" ws term "\n")+
expr  ::= term ([-+*/] term)*
term  ::= ident | num | "(" ws expr ")" ws
ident ::= [a-z] [a-z0-9_]* ws
num   ::= [0-9]+ ws
ws    ::= [ \t\n]*
`;

const json = String.raw`
root   ::= object
value  ::= object | array | string | number | ("true" | "false" | "null") ws
object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? "}" ws
array  ::= "[" ws ( value ("," ws value)* )? "]" ws
string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}) )* "\"" ws
number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
ws     ::= | " " | "\n" [ \t]{0,20}
`;

const chess = String.raw`
root ::= (
    # the first move has the number 1
    "1. " move " " move "\n"

    ([1-9] [0-9]? ". " move " " move "\n")+
)
move    ::= (pawn | nonpawn | castle) [+#]?
nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
pawn    ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
castle  ::= "O-O" "-O"?
`;

const list = String.raw`root ::= ("- " item)+
item ::= [^\r\n\x0b\x0c\x85\u2028\u2029]+ "\n"`;

const japanese = String.raw`
# general, with kana and kanji
root     ::= jp-char+ ([ \t\n] jp-char+)*
jp-char  ::= hiragana | katakana | punctuation | cjk
hiragana ::= [ぁ-ゟ]
katakana ::= [ァ-ヿ]
punctuation ::= [、-〾]
cjk      ::= [一-鿿]
`;

/** A part of C: functions of declarations, assignments, loops and returns. */
const c = String.raw`
root ::= (declaration)*
declaration ::= dataType identifier "(" parameter? ")" "{" statement* "}"
dataType ::= ("int" | "float" | "char") ws
identifier ::= [a-zA-Z_] [a-zA-Z_0-9]*
parameter ::= dataType identifier
statement ::=
    ( dataType identifier ws "=" ws expression ";" ) |
    ( identifier ws "=" ws expression ";" ) |
    ( "return" ws expression ";" ) |
    ( "while" "(" condition ")" "{" statement* "}" )
condition ::= expression ("==" | "!=" | "<=" | "<" | ">=" | ">") expression
expression ::= term (("+" | "-") term)*
term ::= factor (("*" | "/") factor)*
factor ::= identifier | number | "-" factor | "(" expression ")"
number ::= [0-9]+
ws ::= ([ \t\n]+)
`;

describe("grammars as llama.cpp has them", () => {
  test.each<[string, string, string[], string[]]>([
    [
      "arithmetic",
      arithmetic,
      ["1=1\n", "x +(y *2)= 3\na=b\n", "((((1))))=2\n"],
      ["", "1=1", "=1\n", "(1=1\n", "1=(2)=3\n", "X=1\n"],
    ],
    [
      "json",
      json,
      ["{}", '{"a": [1, -2.5e+1, {"b": null}], "ü": "\\u00e9\\n\\/"}', '{\n  "a":true}', "{} "],
      ["", "[]", "{'a':1}", '{"a":01}', '{"a":1,}', '{"a":"\n"}', "{}}", '{"a":"\\x"}', '{"a":"\u007f"}'],
    ],
    [
      "chess",
      chess,
      ["1. e4 e5\n2. Nf3 Nc6\n", "1. O-O O-O-O\n9. bxc8=Q+ Raxd1#\n"],
      ["1. e4 e5\n", "1. e9 e5\n2. e4 e5\n", "2. e4 e5\n3. e4 e5\n"],
    ],
    ["list", list, ["- a\n", "- für\n- 日本\n"], ["", "a\n", "- a", "- \n", "- a\u2028b\n", "- a\u0085\n"]],
    ["japanese", japanese, ["こんにちは、世界。", "カタカナ ひらがな"], ["", "hello", "世界 ", "한국"]],
    [
      "c",
      c,
      ["", "int main(){return 1;}", "int f(char x){float y = 1+2*(x-3);while(y<=1){x = -y;}return  y;}int g(){}"],
      ["int main(){return 1}", "int main(){return ;}", "int (){}", "int f(){x=1;y}", "while(1<2){}"],
    ],
  ])("%s", (_, text, accepted, refused) => {
    const grammar = grammarOf(text);
    for (const one of accepted) expect([one, accepts(grammar, one)]).toEqual([one, true]);
    for (const one of refused) expect([one, accepts(grammar, one)]).toEqual([one, false]);
  });

  test("with a real vocabulary, every token of a text is in the mask, and only the tokens that fit are", () => {
    const vocabulary = TokenVocabulary.of(Tokenizer.fromJSON(readFixture("tokenizer/tokenizer.json")));
    const text = '{"name": [1, 2.5, "caf\u00e9 \u65e5\u672c"], "x":{}}';
    let state = grammarOf(json, vocabulary).start;
    for (const token of vocabulary.encode(utf8.encode(text)) ?? []) {
      const mask = state.mask();
      for (let id = 0; id < vocabulary.size; id++)
        if (mask.has(id) !== (state.step(id) !== null)) expect([text, id, mask.has(id)]).toBeNull();
      expect(mask.has(token)).toBe(true);
      state = state.step(token) ?? state;
    }
    expect(state.isAccepting).toBe(true);
  });
});

describe("what GBNF has", () => {
  test.each<[string, string, string[], string[]]>([
    ["escapes", String.raw`root ::= "\x41\u00e9\U0001F600\t\r\n\\\"\[\]\-"`, ['Aé😀\t\r\n\\"[]-'], ["A"]],
    ["a class with escapes and a dash", String.raw`root ::= [\]\-a-c^\\-]+`, ["]-abc^\\-"], ["d", "["]],
    ["a class of all but some", "root ::= [^a-c😀]", ["d", "é", "😁", "\n"], ["a", "b", "😀", "", "dd"]],
    ["any character", "root ::= .", ["a", "\n", "é", "😀"], ["", "ab"]],
    [
      "counts",
      'root ::= "a"{2} "b"{1,} "c"{ 0 , 2 } "d"{0}',
      ["aab", "aabbcc"],
      ["ab", "aaab", "aac", "aabccc", "aabd"],
    ],
    ["a counted literal, as a whole", 'root ::= "ab"{2} "cd"* "ef"?', ["abab", "ababcdcdef"], ["abb", "ababcdd"]],
    ["a repeated repetition", 'root ::= "a"{2}*', ["", "aa", "aaaa"], ["a", "aaa"]],
    ["large counts", "root ::= [a-z]{0,100000}", ["", "a".repeat(300)], ["A"]],
    ["comments, and no last line break", '#x\nroot ::= # z\n a # u\n\n#v\na ::= "#" #', ["#"], ["", "a"]],
    [
      "lines within parentheses and behind |",
      'root ::= ("a" # x\n\n "b"\n | "c") "d" |\n"e"\r\n',
      ["abd", "cd", "e"],
      ["ab"],
    ],
    ["empty alternatives", 'root ::= "a" x "b"\nx ::= | "c" x |', ["ab", "accb"], ["acbb"]],
    ["an empty literal", 'root ::= "" "a"', ["a"], [""]],
    ["left recursion", 'root ::= root "+" [0-9] | [0-9]', ["1", "1+2+3"], ["+", "1+"]],
    ["hidden left recursion", 'root ::= x root "b" | "a"\nx ::= "c"?', ["a", "cab", "cabb", "ab"], ["b", "ca"]],
    ["recursion on both sides", 'root ::= "(" root ")" root |', ["", "()", "(())()"], ["(", ")("]],
    ["a rule that is itself", 'root ::= root | "a"', ["a"], ["", "aa"]],
    ["names with dashes, digits and underscores", 'root ::= a-1_B\na-1_B ::= "x"', ["x"], ["y"]],
    ["a rule that is defined again", 'root ::= "a"\nroot ::= "b"', ["b"], ["a"]],
    ["rules that are never used", 'root ::= "a"\nx ::= root y\ny ::= x', ["a"], ["b"]],
  ])("%s", (_, text, accepted, refused) => {
    const grammar = grammarOf(text);
    for (const one of accepted) expect([one, accepts(grammar, one)]).toEqual([one, true]);
    for (const one of refused) expect([one, accepts(grammar, one)]).toEqual([one, false]);
  });

  test("what leads to no recursion is one terminal", () => {
    const { start } = grammarOf(chess);
    expect(start.regexes).toHaveLength(1);
    const { start: inJson } = grammarOf(json);
    // "{" and white space are one terminal; behind it a key, or the end.
    expect(inJson.regexes).toHaveLength(1);
  });
});

describe("errors", () => {
  test.each<[string, unknown, RegExp]>([
    ["no text", 3, /^gbnf: is number, expected the text of a grammar$/],
    ["an empty text", "", /^gbnf, line 1, column 1: has no rule root, but none; /],
    ["no root", 'Root ::= "a"', /has no rule root, but Root; name the rule of the whole text root$/],
    ["a part on the next line", 'root ::= "a"\n  item?', /^gbnf, line 2, column 7: is "\?", expected "::="$/],
    [
      "an undefined rule of a rule that is not used",
      'root ::= "a"\nb ::= (c)',
      /^gbnf, line 2, column 8: the rule "c" is not defined; there are root, b/,
    ],
    ["an unfinished literal", 'root ::= "a\n', /^gbnf, line 1, column 10: the literal has no end; close it with "$/],
    ["an unfinished class", "root ::= [a", /^gbnf, line 1, column 10: the class has no end; close it with \]$/],
    ["an unfinished group", 'root ::= ("a"', /^gbnf, line 1, column 14: is the end, expected "\)"$/],
    ["an empty class", "root ::= []", /^gbnf, line 1, column 10: the class has no characters/],
    ["a range that runs backwards", "root ::= [é-a]", /^gbnf, line 1, column 11: the range ends before it begins/],
    ["an unknown escape", String.raw`root ::= "\d"`, /^gbnf, line 1, column 11: is "\\\\d\\"", expected an escape/],
    ["a short escape", String.raw`root ::= "\u12"`, /expected \\u with 4 hexadecimal digits$/],
    ["a surrogate", String.raw`root ::= "\ud800"`, /expected the code of a Unicode character$/],
    ["a character beyond Unicode", String.raw`root ::= "\U00110000"`, /expected the code of a Unicode character$/],
    [
      "nothing to repeat",
      "root ::= *",
      /^gbnf, line 1, column 10: is "\*", expected something before the \* to repeat$/,
    ],
    ["exchanged counts", 'root ::= "a"{3,2}', /^gbnf, line 1, column 13: \{3,2\} is at least 3 and at most 2 times/],
    ["no count", 'root ::= "a"{,2}', /^gbnf, line 1, column 14: is ",2\}", expected a whole number$/],
    ["a huge count", `root ::= "a"{${"9".repeat(400)}}`, /expected a number below 2\^53$/],
    ["one colon", 'root : "a"', /^gbnf, line 1, column 6: is ": \\"a\\"", expected "::="$/],
    [
      "a second part on a line of its own",
      'root ::= "a"\n"b"',
      /^gbnf, line 2, column 1: is "\\"b\\"", expected the name of a rule$/,
    ],
    [
      "a stray parenthesis",
      'root ::= "a")',
      /^gbnf, line 1, column 13: is "\)", expected a part of the rule, or a line break$/,
    ],
    ["a lone surrogate", 'root ::= "\ud800"', /expected text without lone surrogates$/],
    ["an empty language", "root ::= root", /./],
    ["a language without an end", 'root ::= "a" root', /./],
  ])("%s", (_, text, message) => {
    expect(() => grammarOf(text as string)).toThrow(GrammarError);
    expect(() => grammarOf(text as string)).toThrow(message);
  });

  test.each(["<think>", "!<[12]>", "<[1000]>"])("the token %s is refused by name", (token) => {
    const made = (): Grammar => grammarOf(`root ::= "a" ${token}`);
    expect(made).toThrow(UnsupportedGrammarError);
    expect(made).toThrow(`gbnf, line 1, column 14: has the token ${token}; a constrained text is made of characters`);
  });

  test("a text that is too long is refused before it is read", () => {
    expect(() => grammarOf(" ".repeat(3_000_000))).toThrow(/^gbnf: has 3000000 characters, at most 2097152 are read/);
  });

  test("deep, long and wide grammars are read or refused, without an overflow", () => {
    const deep = `root ::= ${"(".repeat(10_000)}"a"${")".repeat(10_000)}`;
    expect(() => grammarOf(deep)).toThrow(GrammarLimitError);
    const chain = Array.from({ length: 5_000 }, (_, n) => `r${n} ::= "a"? r${n + 1}`).join("\n");
    expect(accepts(grammarOf(`root ::= r0\n${chain}\nr5000 ::= "b" root?`), "aab")).toBe(true);
    const wide = `root ::= ${Array.from({ length: 5_000 }, (_, n) => `"x${n}"`).join(" | ")}`;
    expect(accepts(grammarOf(wide), "x4999")).toBe(true);
    const doubling = Array.from({ length: 60 }, (_, n) => `r${n} ::= r${n + 1} r${n + 1}`).join("\n");
    expect(accepts(grammarOf(`root ::= r0\n${doubling}\nr60 ::= "b"?`), "bbb")).toBe(true);
  });
});
