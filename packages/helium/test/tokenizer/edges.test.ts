import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Tokenizer, TokenizerError, type EncodeOptions } from "@helium-lm/helium";
import { readFixture } from "../../../../testing/fixtures.ts";

interface Case {
  readonly tokenizer: unknown;
  readonly encodings: {
    readonly text: string;
    readonly ids: number[];
    readonly tokens: string[];
    readonly offsets: [number, number][];
  }[];
}

const edges = JSON.parse(readFileSync(new URL("../fixtures/tokenizer-edges.json", import.meta.url), "utf8")) as {
  readonly byte_fallback: Case[];
  readonly strips: Case[];
  readonly lengths: {
    readonly texts: string[];
    readonly cases: { readonly options: EncodeOptions; readonly ids: number[][] | null; readonly warns: boolean }[];
  };
};

// Where a character vanishes, or waits for a known one, the library's offsets count what it kept; ours are places in the text.
describe.each([
  ["BPE with some of the byte pieces", edges.byte_fallback, false],
  ["added tokens that take white space", edges.strips, true],
])("%s", (_, cases, comparesOffsets) => {
  test.each(cases.map((c, index) => [index, c] as const))("tokenizer %i", (_index, c) => {
    const tokenizer = Tokenizer.fromJSON(c.tokenizer);
    for (const { text, ids, tokens, offsets } of c.encodings) {
      const options = { addSpecialTokens: false, returnTokens: true, returnOffsetsMapping: true };
      const given = tokenizer(text, options);
      expect([text, given.inputIds[0], given.tokens?.[0]]).toEqual([text, ids, tokens]);
      if (comparesOffsets) expect([text, given.offsetsMapping?.[0]]).toEqual([text, offsets]);
    }
  });
});

describe("lengths, padding and multiples", () => {
  const tokenizer = Tokenizer.fromJSON(readFixture("tokenizer/tokenizer.json"), { pad_token: "<pad>" });
  const { texts, cases } = edges.lengths;

  test.each(cases.map((c) => [JSON.stringify(c.options), c] as const))("%s", (_, c) => {
    const told: string[] = [];
    const encode = (): number[][] =>
      tokenizer(texts, { ...c.options, onWarning: (message) => told.push(message) }).inputIds;
    if (c.ids === null) {
      expect(encode).toThrow(TokenizerError);
      expect(encode).toThrow(/maxLength is \d+, expected a multiple of padToMultipleOf/);
      return;
    }
    expect(encode()).toEqual(c.ids);
    // transformers tells of it where padding is `true`; "longest" means the same.
    const means = c.options.padding === "longest" && c.options.maxLength !== undefined && !c.options.truncation;
    expect(told.length > 0).toBe(c.warns || means);
    for (const message of told) expect(message).toMatch(/^maxLength: has no effect/);
  });
});
