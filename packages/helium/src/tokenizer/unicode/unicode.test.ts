import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AddedTokens } from "../added-tokens.ts";
import { AlignedText } from "../aligned-text.ts";
import { JsonNode } from "../json-node.ts";
import { readNormalizer } from "../normalizers/index.ts";
import { readPreTokenizer } from "../pre-tokenizers/index.ts";
import { pinnedSet } from "../regex/pinned-set.ts";

type Runs = readonly (readonly [first: number, last: number, kind: string | number])[];

interface Fixture {
  readonly categories: Runs;
  readonly alphabetic: Runs;
  readonly han: Runs;
  readonly words: Runs;
  readonly texts: readonly string[];
  readonly splits: readonly { name: string; pre_tokenizer: unknown; pieces: readonly (readonly string[])[] }[];
  readonly rewrites: readonly { name: string; normalizer: unknown; texts: readonly string[] }[];
}

/** Made by scripts/reference/make_unicode_tables.py with the tokenizers library. */
const fixture = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/tokenizer-unicode.json", import.meta.url), "utf8"),
) as Fixture;

const codePoints = (runs: Runs): number[] =>
  runs.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));

const hex = (codes: readonly number[]): string[] => codes.map((code) => code.toString(16));

/** Every code point that Unicode 15 to 18 added, and those whose category they changed. */
const probes = codePoints(fixture.categories);

describe("newer characters are to a tokenizer what the tokenizers library takes them for, on every engine", () => {
  it("there are probes that the library knows and probes that it does not", () => {
    const unknown = codePoints(fixture.categories.filter(([, , category]) => category === "Cn"));
    expect([probes.length, unknown.length]).toEqual([28_113, 17_810]);
  });

  it.each([...new Set(fixture.categories.map(([, , category]) => category))])("category %s", (category) => {
    const holds = pinnedSet(String.raw`\p{${category}}`);
    const lacks = pinnedSet(String.raw`[^\p{${category}}]`);
    const expected = codePoints(fixture.categories.filter(([, , name]) => name === category));
    expect(hex(probes.filter(holds))).toEqual(hex(expected));
    expect(probes.filter(lacks).length).toBe(probes.length - expected.length);
  });

  it.each(["alphabetic", "han"] as const)("%s", (name) => {
    const holds = pinnedSet(name === "han" ? String.raw`\p{Script=Han}` : String.raw`\p{Alphabetic}`);
    expect(hex(probes.filter(holds))).toEqual(hex(codePoints(fixture[name])));
  });

  it("ranges and single characters are what they are, beside properties or not", () => {
    const [known, unknown] = [0x2ebf0, 0x323b0];
    for (const [source, expected] of [
      [String.raw`[\u{2ebf0}-\u{323b0}]`, [true, true]],
      [String.raw`[\p{Lu}\u{2ebf0}-\u{323b0}]`, [true, true]],
      [String.raw`[^\p{Lu}\u{2ebf0}]`, [false, true]],
      [String.raw`[\\\p{L}]`, [true, false]],
      [String.raw`[\P{L}]`, [false, true]],
      ["[^]", [true, true]],
    ] as const) {
      expect([known, unknown].map(pinnedSet(source)), source).toEqual(expected);
    }
  });

  it("a token that must be a whole word", () => {
    const token = { id: 0, content: "zq", singleWord: true, lstrip: false, rstrip: false };
    const tokens = new AddedTokens([{ ...token, normalized: false, special: false }], (text) => text);
    const found = (text: string): boolean => tokens.cutOriginal(AlignedText.of(text), false).some(({ id }) => id === 0);
    const words = new Set(codePoints(fixture.words));
    for (const code of probes) {
      const character = String.fromCodePoint(code);
      if (found(`zq${character}`) === words.has(code) || found(`${character}zq`) === words.has(code)) {
        expect.fail(`U+${code.toString(16)} is${words.has(code) ? "" : " not"} part of a word`);
      }
    }
  });

  it.each(fixture.splits)("the cuts of $name", ({ pre_tokenizer, pieces }) => {
    const split = readPreTokenizer(new JsonNode(pre_tokenizer, "tokenizer.json"));
    expect(fixture.texts.map((text) => split([AlignedText.of(text)]).map((piece) => piece.text))).toEqual(pieces);
  });

  it.each(fixture.rewrites)("what $name makes", ({ normalizer, texts }) => {
    const normalize = readNormalizer(new JsonNode(normalizer, "tokenizer.json"));
    expect(fixture.texts.map((text) => normalize(AlignedText.of(text)).text)).toEqual(texts);
  });
});
