import { expect, test } from "vitest";
import { readFixture } from "../../../../../testing/fixtures.ts";
import { compileGrammar } from "../../grammar/compile-grammar.ts";
import type { GrammarSpec } from "../../grammar/grammar-spec.ts";
import { TokenVocabulary } from "../../grammar/vocabulary/token-vocabulary.ts";
import { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { ConstrainedRows } from "./constrained-rows.ts";

const tokenizer = Tokenizer.fromJSON(readFixture("tokenizer/tokenizer.json"));
const vocabSize = tokenizer.idCount;

/** Of one row without a prompt, whose text ends by the token of `eos`. */
const rowsOf = (spec: GrammarSpec, eos: number): ConstrainedRows =>
  new ConstrainedRows({
    grammars: [compileGrammar(spec, tokenizer)],
    ...{ promptLength: 0, eosTokenIds: new Set([eos]), vocabSize },
  });

const vocabulary = TokenVocabulary.of(tokenizer);

/** The token of a letter in the middle of a text. */
const idOf = (letter: string): number => {
  const [id, ...more] = vocabulary.encode(new TextEncoder().encode(letter)) ?? [];
  if (id === undefined || more.length > 0) throw new Error(`the fixture's tokenizer has no token ${letter}`);
  return id;
};

test("a token that ends a text ends none before its grammar does, also where it could be text", () => {
  const [a, b] = [idOf("a"), idOf("b")];
  const rows = rowsOf({ regex: "[ab]{2}" }, a);
  const scores = (ids: readonly number[]): Float32Array => {
    const all = new Float32Array(vocabSize);
    rows.apply(rows.place(ids, 0, 1), all);
    return all;
  };
  expect([scores([])[a], scores([])[b]]).toEqual([-Infinity, 0]);
  expect(rows.allows(rows.place([], 0, 1), a)).toBe(false);
  expect([scores([b, b])[a], scores([b, b])[b]]).toEqual([0, -Infinity]);
});

test("a draft ends where a token comes that has no alternative", () => {
  const rows = rowsOf({ regex: "[ab] other" }, vocabSize);
  const b = idOf("b");
  const { forced } = rows.place([b], 0, 1);
  expect(forced.length).toBeGreaterThan(0);
  expect(rows.draftable(rows.place([], 0, 1), [b, ...forced])).toEqual([b]);
});
