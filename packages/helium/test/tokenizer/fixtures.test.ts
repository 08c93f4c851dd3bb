import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Tokenizer } from "../../src/tokenizer/tokenizer.ts";

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");

interface Case {
  text: string;
  ids: number[];
  tokens: string[];
  offsets: [number, number][];
  special_tokens_mask: number[];
  ids_no_special: number[] | "ids[1:]";
  decoded: string;
  decoded_with_special: string;
  decoded_tail: string | null;
}

interface Fixtures {
  cases: Case[];
  pairs: {
    pair: [string, string];
    ids: number[];
    type_ids: number[];
    tokens: string[];
    offsets: [number, number][];
    ids_no_special: number[];
    type_ids_no_special: number[];
  }[];
  decode: { ids: number[]; decoded: string; decoded_with_special: string }[];
  batch_left_pad_truncate6: {
    texts: string[];
    rows: { ids: number[]; attention_mask: number[]; tokens: string[] }[];
  };
}

const fixtures = JSON.parse(read("fixtures/tokenizer/cases.json")) as Fixtures;
const tokenizer = Tokenizer.fromJSON(read("fixtures/tokenizer/tokenizer.json"), { pad_token: "<pad>" });

const everything = {
  returnTokens: true,
  returnOffsetsMapping: true,
  returnSpecialTokensMask: true,
  returnTokenTypeIds: true,
} as const;

describe("the reference cases of a Helium tokenizer", () => {
  it("has all 120 strings", () => {
    expect(fixtures.cases).toHaveLength(120);
    expect(tokenizer.vocabSize).toBe(6144);
  });

  it.each(fixtures.cases.map((one) => [JSON.stringify(one.text), one] as const))("encodes %s", (_, one) => {
    expect(tokenizer(one.text, everything)).toEqual({
      inputIds: [one.ids],
      attentionMask: [one.ids.map(() => 1)],
      tokenTypeIds: [one.ids.map(() => 0)],
      tokens: [one.tokens],
      offsetsMapping: [one.offsets],
      specialTokensMask: [one.special_tokens_mask],
    });
    const plain = one.ids_no_special === "ids[1:]" ? one.ids.slice(1) : one.ids_no_special;
    expect(tokenizer.encode(one.text, { addSpecialTokens: false })).toEqual(plain);
  });

  it.each(fixtures.cases.map((one) => [JSON.stringify(one.text), one] as const))("decodes %s", (_, one) => {
    expect(tokenizer.decode(one.ids, { skipSpecialTokens: true })).toBe(one.decoded);
    expect(tokenizer.decode(one.ids)).toBe(one.decoded_with_special);
    if (one.decoded_tail !== null) {
      expect(tokenizer.decode(one.ids.slice(2), { skipSpecialTokens: true })).toBe(one.decoded_tail);
    }
  });

  it.each(fixtures.pairs.map((one) => [JSON.stringify(one.pair), one] as const))("encodes the pair %s", (_, one) => {
    const [text, textPair] = one.pair;
    const pair = tokenizer(text, { textPair, ...everything });
    expect(pair.inputIds).toEqual([one.ids]);
    expect(pair.tokenTypeIds).toEqual([one.type_ids]);
    expect(pair.tokens).toEqual([one.tokens]);
    expect(pair.offsetsMapping).toEqual([one.offsets]);
    const plain = tokenizer(text, { textPair, ...everything, addSpecialTokens: false });
    expect(plain.inputIds).toEqual([one.ids_no_special]);
    expect(plain.tokenTypeIds).toEqual([one.type_ids_no_special]);
  });

  it.each(fixtures.decode.map((one) => [JSON.stringify(one.ids), one] as const))("decodes the ids %s", (_, one) => {
    expect(tokenizer.decode(one.ids, { skipSpecialTokens: true })).toBe(one.decoded);
    expect(tokenizer.decode(one.ids)).toBe(one.decoded_with_special);
  });

  it("pads on the left and truncates a batch", () => {
    const { texts, rows } = fixtures.batch_left_pad_truncate6;
    const options = { padding: true, paddingSide: "left", truncation: true, maxLength: 6, returnTokens: true } as const;
    expect(tokenizer(texts, options)).toEqual({
      inputIds: rows.map((row) => row.ids),
      attentionMask: rows.map((row) => row.attention_mask),
      tokens: rows.map((row) => row.tokens),
    });
  });
});
