import { beforeAll, describe, expect, test } from "vitest";
import { readFile } from "node:fs/promises";
import { root } from "../../../../testing/repository.ts";
import { GrammarError, GrammarLimitError, UnsupportedGrammarError } from "../errors.ts";
import { Tokenizer } from "../tokenizer/index.ts";
import type { GrammarState } from "./automaton/grammar-state.ts";
import { compileGrammar } from "./compile-grammar.ts";
import type { GrammarSpec } from "./grammar-spec.ts";
import { TokenVocabulary } from "./vocabulary/token-vocabulary.ts";

let tokenizer: Tokenizer;
beforeAll(async () => {
  const json = JSON.parse(await readFile(`${root}models/helium-nano/tokenizer.json`, "utf8")) as {
    added_tokens: unknown[];
  };
  const next = Tokenizer.fromJSON(json).idCount;
  const base = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const added = ["[CALL]", "[CALL2]", "<plain>"].map((content, index) => ({
    ...base,
    id: next + index,
    content,
    special: content !== "<plain>",
  }));
  json.added_tokens.push(...added);
  tokenizer = Tokenizer.fromJSON(json);
});

/** Whether the ids are a whole text of the grammar. */
function accepts(spec: GrammarSpec, ids: readonly number[]): boolean {
  let state: GrammarState | null = compileGrammar(spec, tokenizer).start;
  for (const id of ids) {
    const isMasked = state?.mask().has(id) ?? false;
    const next: GrammarState | null = state?.step(id) ?? null;
    expect(isMasked).toBe(next !== null);
    state = next;
  }
  return state?.isAccepting ?? false;
}

/** The ids of a text in the middle of a longer one. */
const encode = (text: string): readonly number[] =>
  text
    .split(/(\[CALL2?\])/)
    .flatMap((part) =>
      part.startsWith("[CALL")
        ? [tokenizer.convertTokensToIds(part) ?? -1]
        : (TokenVocabulary.of(tokenizer).encode(new TextEncoder().encode(part)) ?? [-1]),
    );
const literal = (text: string): GrammarSpec => ({ choice: [text] });

describe("specs of specs", () => {
  const number: GrammarSpec = { json: { type: "integer" } };
  test.each<[string, GrammarSpec, string[], string[]]>([
    ["sequence", { sequence: [literal("a="), number, literal(";")] }, ["a=12;", "a=-3;"], ["a=", "a=1", "1;"]],
    ["any of", { anyOf: [literal("yes"), number] }, ["yes", "7"], ["no", "yes7"]],
    ["repeat", { repeat: literal("ab") }, ["", "ab", "abab"], ["a", "aba"]],
    ["counts", { repeat: literal("ab"), min: 1, max: 2 }, ["ab", "abab"], ["", "ababab"]],
    ["without", { without: ["<c>", "x"] }, ["", "a <c", "<<b>", "é\n"], ["<c>", "a<c>b", "<<c>", "xyz"]],
    [
      "text, then a value",
      { sequence: [{ without: ["<c>"] }, literal("<c>"), number] },
      ["<c>1", "say <<c>12"],
      ["say", "<c>x", "<c>1<c>"],
    ],
  ])("%s", (_, spec, accepted, refused) => {
    for (const text of accepted) expect([text, accepts(spec, encode(text))]).toEqual([text, true]);
    for (const text of refused) expect([text, accepts(spec, encode(text))]).toEqual([text, false]);
  });
});

describe("special tokens", () => {
  const spec: GrammarSpec = {
    sequence: [{ without: ["x"] }, { specialToken: "[CALL]" }, literal("go"), { specialToken: "[CALL2]" }],
  };

  test("are part of a text where a spec names them, and nowhere else", () => {
    expect(accepts(spec, encode("hi [CALL]go[CALL2]"))).toBe(true);
    expect(accepts(spec, encode("hi [CALL]go[CALL]"))).toBe(false);
    expect(accepts({ without: ["x"] }, encode("hi [CALL]"))).toBe(false);
    expect(accepts({ lark: 'start: A\nA: ~"x"' }, encode("[CALL]"))).toBe(false);
    expect(accepts({ lark: 'start: A\nA: ~"x"' }, encode("go"))).toBe(true);
  });

  test("are never spelled out by the tokens of their letters, nor by single bytes", () => {
    const letters = tokenizer.encode("[CALL]", { addSpecialTokens: false, splitSpecialTokens: true });
    expect(letters.length).toBeGreaterThan(1);
    const call: GrammarSpec = { specialToken: "[CALL]" };
    expect(accepts(call, letters)).toBe(false);
    expect(compileGrammar(call, tokenizer).start.mask().tokens()).toHaveLength(1);
  });

  test("may be tokens without a choice, with the text around them cut as the tokenizer cuts it", () => {
    const grammar = compileGrammar(
      { sequence: [literal("well, "), { specialToken: "[CALL]" }, literal("go on"), { specialToken: "[CALL2]" }] },
      tokenizer,
    );
    expect(tokenizer.decode(grammar.start.forced())).toBe("well, [CALL]go on[CALL2]");
    const either: GrammarSpec = {
      sequence: [literal("a"), { anyOf: [{ specialToken: "[CALL]" }, { specialToken: "[CALL2]" }] }],
    };
    expect(tokenizer.decode(compileGrammar(either, tokenizer).start.forced())).toBe("a");
  });

  test("that the tokenizer lacks are an error", () => {
    expect(() => compileGrammar({ specialToken: "<plain>" }, tokenizer)).toThrow(/no special token "<plain>"/);
  });
});

describe("errors", () => {
  const unsupported: GrammarSpec = { json: { type: "string", format: "idn-hostname" }, field: "tools[1].schema" };
  const errorOf = (spec: GrammarSpec): unknown => {
    try {
      compileGrammar(spec, tokenizer);
    } catch (error) {
      return error;
    }
    return null;
  };

  test("have the field of the nearest spec", () => {
    const error = errorOf({ field: "outer", sequence: [literal("a"), unsupported] });
    expect(error).toBeInstanceOf(UnsupportedGrammarError);
    expect(error).toMatchObject({ field: "tools[1].schema", keyword: "format", pointer: "#/format" });
    expect(errorOf({ regex: "(", field: "pattern" })).toMatchObject({ field: "pattern" });
  });

  test("come for a part without any text", () => {
    const nothing: GrammarSpec = { json: { type: "string", enum: [1] }, field: "it" };
    expect(errorOf({ anyOf: [literal("a"), nothing] })).toMatchObject({ field: "it" });
  });

  test("do not come where something stands in", () => {
    const spec: GrammarSpec = { ...unsupported, fallback: { json: { type: "boolean" } } };
    expect(accepts(spec, encode("true"))).toBe(true);
    expect(accepts(spec, encode('"a"'))).toBe(false);
  });

  test("nor where a schema is too much work, several times over", () => {
    const large = { allOf: Array.from({ length: 19_000 }, (_, i) => ({ not: { const: `text ${i}` } })) };
    expect(errorOf({ json: large })).toBeInstanceOf(GrammarLimitError);
    const part: GrammarSpec = { json: large, fallback: { json: { type: "object" } } };
    const spec: GrammarSpec = { sequence: [part, { choice: ["; "] }, part] };
    expect(accepts(spec, encode('{"a":[1,"é"]}; {}'))).toBe(true);
    expect(accepts(spec, encode("{}; 1"))).toBe(false);
  });

  test.each<[string, unknown]>([
    ["an empty list", { sequence: [] }],
    ["a list of texts", { anyOf: ["a"] }],
    ["a wrong part", { sequence: [{ json: {} }, { jsn: {} }] }],
    ["an empty marker", { without: [""] }],
    ["a negative count", { repeat: { choice: ["a"] }, min: -1 }],
    ["an option of another kind", { without: ["a"], min: 1 }],
    ["too deep", Array.from({ length: 70 }).reduce((spec) => ({ repeat: spec }), { choice: ["a"] })],
  ])("come for %s", (_, spec) => {
    expect(errorOf(spec as GrammarSpec)).toBeInstanceOf(GrammarError);
  });
});
