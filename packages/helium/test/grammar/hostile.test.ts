import { describe, expect, test } from "vitest";
import { compileGrammar, GrammarError, GrammarLimitError, UnsupportedGrammarError } from "@helium-lm/helium/grammar";
import type { GrammarSpec, GrammarState } from "@helium-lm/helium/grammar";
import { AutoTokenizer } from "@helium-lm/helium/tokenizer";
import { root } from "../../../../testing/repository.ts";

const tokenizer = await AutoTokenizer.fromPretrained(`${root}models/helium-nano`);

const nested = (depth: number, of: (inner: unknown) => unknown, core: unknown): unknown => {
  let schema = core;
  for (let i = 0; i < depth; i++) schema = of(schema);
  return schema;
};
const json = (schema: unknown): GrammarSpec => ({ json: schema as Record<string, unknown> });
const range = <T>(count: number, of: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i));

/** Goes on with some token of the mask, so many times at most. */
function walk(start: GrammarState, steps: number): void {
  let state: GrammarState | null = start;
  for (let i = 0; state && i < steps; i++) {
    const mask = state.mask();
    const ids: number[] = [
      ...(mask.tokens() ?? range(tokenizer.fullVocabSize, (id) => id).filter((id) => mask.has(id))),
    ];
    if (ids.length === 0) {
      expect(state.isAccepting).toBe(true);
      return;
    }
    state = state.step(ids[(i * 7919) % ids.length] ?? 0);
    expect(state).not.toBeNull();
  }
}

describe("grammars that are made to take long", () => {
  const bounded: readonly (readonly [string, GrammarSpec])[] = [
    ["alternatives that are the same", { regex: "(a|a)*b" }],
    ["counts within counts", { regex: "((a{1,100}){1,100}){1,100}" }],
    ["repetition of repetition", { regex: "(a+)+$" }],
    ["a letter so far from the end", { regex: ".*a.{20}" }],
    ["a rule of nothing but itself twice", { gbnf: 'root ::= root root | "a" | ""' }],
    [
      "a chain of rules",
      { gbnf: `root ::= r0\n${range(5000, (i) => `r${i} ::= "a" r${i + 1} | "b"`).join("\n")}\nr5000 ::= "c"` },
    ],
    ["twenty thousand choices", { choice: range(20_000, (i) => `option number ${i}`) }],
    ["a long start in common", { choice: ["a", "b"].map((end) => "x".repeat(20_000) + end) }],
    ["lists in lists", json(nested(300, (items) => ({ type: "array", items }), { type: "string" }))],
    [
      "a schema within itself",
      json({ $ref: "#/$defs/a", $defs: { a: { type: "array", items: { $ref: "#/$defs/a" } } } }),
    ],
    ["a count of a hundred million", json({ type: "array", items: { type: "integer" }, maxItems: 100_000_000 })],
    ["a length of a hundred million", json({ type: "string", minLength: 50_000_000, maxLength: 100_000_000 })],
    [
      "two thousand properties",
      json({ type: "object", properties: Object.fromEntries(range(2000, (i) => [`p${i}`, { type: "string" }])) }),
    ],
    [
      "names of the prototype",
      json({
        type: "object",
        properties: JSON.parse('{"__proto__":{"type":"integer"},"constructor":{"type":"null"}}') as object,
        required: ["__proto__", "constructor"],
      }),
    ],
  ];
  test.each(bounded)("%s: compiled, and tokens are found", (_, spec) =>
    walk(compileGrammar(spec, tokenizer).start, 60),
  );

  const refused: readonly (readonly [string, GrammarSpec, new (...args: never[]) => Error])[] = [
    [
      "a recursion without an end",
      json({
        $ref: "#/$defs/a",
        $defs: { a: { type: "object", properties: { a: { $ref: "#/$defs/a" } }, required: ["a"] } },
      }),
      GrammarError,
    ],
    ["a reference to itself", json({ $ref: "#" }), GrammarError],
    [
      "false where something is required",
      json({ type: "object", properties: { a: false }, required: ["a"] }),
      GrammarError,
    ],
    ["a contradiction", json({ allOf: [{ type: "string" }, { type: "number" }] }), GrammarError],
    ["groups ten thousand deep", { regex: `${"(".repeat(10_000)}a${")".repeat(10_000)}` }, GrammarLimitError],
    [
      "groups ten thousand deep in GBNF",
      { gbnf: `root ::= ${"(".repeat(10_000)}"a"${")".repeat(10_000)}` },
      GrammarLimitError,
    ],
    ["a pattern of a megabyte", { regex: "a".repeat(1_000_000) }, GrammarLimitError],
    ["two hundred thousand choices", { choice: range(200_000, String) }, GrammarLimitError],
    ["what repeats a group", { regex: "(a)\\1" }, UnsupportedGrammarError],
  ];
  test.each(refused)("%s: refused", (_, spec, error) => {
    expect(() => compileGrammar(spec, tokenizer)).toThrow(error);
  });

  test("a pattern with a state for nearly every text ends with an error in a while", () => {
    const { start } = compileGrammar({ regex: "(?:.*[a-m].{60}){9}(?:.*[n-z].{60}){9}" }, tokenizer);
    expect(() => walk(start, 300)).toThrow(GrammarLimitError);
  });

  const eitherWay: readonly (readonly [string, unknown])[] = [
    ["lists ten thousand deep", nested(10_000, (items) => ({ type: "array", items }), {})],
    ["alternatives ten thousand deep", nested(10_000, (inner) => ({ anyOf: [inner, { type: "null" }] }), {})],
    [
      "a product of alternatives",
      {
        allOf: range(12, (i) => ({
          anyOf: range(4, (j) => ({ properties: { [`k${i}${j}`]: { type: "string" } }, required: [`k${i}${j}`] })),
        })),
      },
    ],
    [
      "ten megabytes",
      {
        type: "object",
        properties: Object.fromEntries(
          range(40_000, (i) => [`property number ${i}`, { type: "string", description: "x".repeat(200) }]),
        ),
      },
    ],
    ["patterns against each other", { type: "string", allOf: range(8, (i) => ({ pattern: `(a|b){${i}}.*${i}.*` })) }],
  ];
  test.each(eitherWay)("%s: compiled or refused, within bounds", (_, schema) => {
    try {
      walk(compileGrammar(json(schema), tokenizer).start, 10);
    } catch (error) {
      expect(error).toBeInstanceOf(GrammarError);
    }
  });
});
