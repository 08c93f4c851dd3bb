import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TokenizerError, TokenizerFileError } from "../../src/errors.ts";
import { Tokenizer } from "../../src/tokenizer/tokenizer.ts";

type Json = Record<string, unknown>;

const unigram = {
  type: "Unigram",
  unk_id: 0,
  vocab: [
    ["<unk>", 0],
    ["a", -1],
    ["b", -2],
  ],
};
const bpe = { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"] };
const load = (parts: Json, config?: unknown): Tokenizer => Tokenizer.fromJSON({ model: unigram, ...parts }, config);
const nested = (type: string, key: string, depth: number): Json => {
  let node: Json = { type, [key]: [] };
  for (let level = 0; level < depth; level++) node = { type, [key]: [node] };
  return node;
};

describe("a tokenizer.json that cannot be taken names the field and the mend", () => {
  it.each<[string, unknown, RegExp]>([
    ["a text", "no json", /^tokenizer\.json: the text is not valid JSON/],
    ["a list", [], /the root is a list, expected an object/],
    ["no model", {}, /model is missing, expected an object/],
    ["another version", { version: "2.0", model: unigram }, /version is "2\.0", supported is "1\.0"/],
    ["another model", { model: { type: "WordPiece" } }, /model\.type is "WordPiece", supported are Unigram, BPE/],
    ["a type of the prototype", { model: { type: "constructor" } }, /model\.type is "constructor", supported are/],
    ["a model that is a type", { model: "Unigram" }, /model is "Unigram", expected an object/],
    ["no vocab", { model: { type: "Unigram" } }, /model\.vocab is missing, expected a list/],
    [
      "a score as text",
      { model: { ...unigram, vocab: [["a", "x"]] } },
      /model\.vocab\[0\] is a list, expected \[piece, score\]/,
    ],
    ["a lone surrogate", { model: { ...unigram, vocab: [["\ud800", 0]] } }, /model\.vocab\[0\]/],
    [
      "unk_id out of range",
      { model: { ...unigram, unk_id: 3 } },
      /model\.unk_id is 3, expected an integer from 0 to 2/,
    ],
    [
      "byte_fallback as text",
      { model: { ...unigram, byte_fallback: "yes" } },
      /byte_fallback is "yes", expected true or false/,
    ],
    ["a negative id", { model: { ...bpe, vocab: { a: -1 } } }, /model\.vocab\.a is -1, expected an integer from 0/],
    [
      "a huge id",
      { model: { ...bpe, vocab: { a: 2 ** 40 } } },
      /model\.vocab\.a is 1099511627776, expected an integer/,
    ],
    [
      "an id twice",
      { model: { ...bpe, vocab: { a: 1, b: 1 } } },
      /model\.vocab\.b is 1, which is already the id of "a"/,
    ],
    ["a merge of one", { model: { ...bpe, merges: ["ab"] } }, /model\.merges\[0\] is "ab", expected "left right"/],
    ["a merge of unknowns", { model: { ...bpe, merges: [["b", "a"]] } }, /model\.merges\[0\] needs the token "ba"/],
    ["dropout", { model: { ...bpe, dropout: 0.1 } }, /model\.dropout is 0\.1, expected null/],
    [
      "an added id twice",
      { model: unigram, added_tokens: [{ id: 1, content: "x" }] },
      /added_tokens\[0\]\.id is 1, which is already the id of "a"/,
    ],
    [
      "an added token without id",
      { model: unigram, added_tokens: [{ content: "x" }] },
      /added_tokens\[0\]\.id is missing/,
    ],
    [
      "an unknown normalizer",
      { model: unigram, normalizer: { type: "Precompiled" } },
      /normalizer\.type is "Precompiled", supported are Sequence, Prepend/,
    ],
    [
      "an empty pattern",
      { model: unigram, normalizer: { type: "Replace", pattern: { String: "" }, content: "" } },
      /normalizer\.pattern\.String is empty/,
    ],
    [
      "no pattern",
      { model: unigram, pre_tokenizer: { type: "Split", pattern: {}, behavior: "Removed" } },
      /pre_tokenizer\.pattern has neither String nor Regex/,
    ],
    [
      "an unknown behaviour",
      { model: unigram, pre_tokenizer: { type: "Split", pattern: { String: "a" }, behavior: "x" } },
      /behavior is "x", expected one of Removed, Isolated/,
    ],
    [
      "a back-reference",
      { model: unigram, pre_tokenizer: { type: "Split", pattern: { Regex: "(a)\\1" }, behavior: "Removed" } },
      /pattern\.Regex holds \\1 at position 5/,
    ],
    [
      "metaspace at odds",
      {
        model: unigram,
        pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: false, prepend_scheme: "first" },
      },
      /prepend_scheme is "first" while add_prefix_space is false/,
    ],
    [
      "a long replacement",
      { model: unigram, pre_tokenizer: { type: "Metaspace", replacement: "▁▁" } },
      /replacement is "▁▁", expected a single character/,
    ],
    [
      "a template without its token",
      {
        model: unigram,
        post_processor: {
          type: "TemplateProcessing",
          single: [{ SpecialToken: { id: "x", type_id: 0 } }],
          pair: [],
          special_tokens: {},
        },
      },
      /single\[0\]\.SpecialToken\.id is "x", which special_tokens lacks/,
    ],
    [
      "a token of the prototype",
      {
        model: unigram,
        post_processor: {
          type: "TemplateProcessing",
          single: [{ SpecialToken: { id: "__proto__", type_id: 0 } }],
          special_tokens: {},
        },
      },
      /is "__proto__", which special_tokens lacks/,
    ],
    [
      "a template with B alone",
      {
        model: unigram,
        post_processor: {
          type: "TemplateProcessing",
          single: [{ Sequence: { id: "B", type_id: 0 } }],
          pair: [],
          special_tokens: {},
        },
      },
      /single uses sequence B/,
    ],
    [
      "an unknown decoder",
      { model: unigram, decoder: { type: "CTC" } },
      /decoder\.type is "CTC", supported are Sequence, Replace, ByteFallback/,
    ],
    [
      "a nesting without end",
      { model: unigram, normalizer: nested("Sequence", "normalizers", 1000) },
      /is nested deeper than 32 levels/,
    ],
    [
      "decoders without end",
      { model: unigram, decoder: nested("Sequence", "decoders", 1000) },
      /is nested deeper than 32 levels/,
    ],
  ])("%s", (_, json, message) => {
    const act = (): Tokenizer => Tokenizer.fromJSON(json);
    expect(act).toThrow(TokenizerFileError);
    expect(act).toThrow(message);
  });

  it.each<[string, unknown, RegExp]>([
    [
      "a side",
      { padding_side: "middle" },
      /^tokenizer_config\.json: padding_side is "middle", expected one of left, right/,
    ],
    ["a length", { model_max_length: "512" }, /model_max_length is "512", expected a number/],
    ["a special token", { bos_token: 1 }, /bos_token is 1, expected an object/],
    ["a special token without content", { bos_token: {} }, /bos_token\.content is missing, expected a string/],
    [
      "an added token's key",
      { added_tokens_decoder: { x: { content: "x" } } },
      /added_tokens_decoder\.x has the key "x", expected an id/,
    ],
  ])("tokenizer_config.json with %s", (_, config, message) => {
    const act = (): Tokenizer => load({}, config);
    expect(act).toThrow(TokenizerFileError);
    expect(act).toThrow(message);
  });

  it("leaves the prototype alone", () => {
    const text =
      '{"model":{"type":"BPE","vocab":{"__proto__":0,"constructor":1},"merges":[]},"__proto__":{"normalizer":{"type":"x"}}}';
    const tokenizer = Tokenizer.fromJSON(text);
    expect(tokenizer.getVocab()).toEqual(
      new Map([
        ["__proto__", 0],
        ["constructor", 1],
      ]),
    );
    expect(({} as Json).normalizer).toBeUndefined();
  });
});

describe("a text that the model cannot take", () => {
  it("names the character where there is no unknown token", () => {
    const tokenizer = load({ model: { ...unigram, unk_id: null } });
    expect(() => tokenizer.encode("aé")).toThrow(TokenizerError);
    expect(() => tokenizer.encode("aé")).toThrow(/^tokenizer: text holds "é", which no piece covers/);
  });

  it("names an unknown token that the vocabulary lacks", () => {
    const tokenizer = load({ model: { ...bpe, unk_token: "<unk>" } });
    expect(tokenizer.encode("ab")).toEqual([2]);
    expect(() => tokenizer.encode("é")).toThrow(
      /model\.unk_token is "<unk>", which is not in the vocabulary, but the text needs it/,
    );
  });

  it("refuses a template in a template", () => {
    const template = {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "a", type_id: 0 } },
        { SpecialToken: { id: "a", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
      ],
      pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 0 } }],
      special_tokens: { a: { id: "a", ids: [1], tokens: ["a"] } },
    };
    const tokenizer = load({ post_processor: { type: "Sequence", processors: [template, template] } });
    expect(() => tokenizer.encode("a")).toThrow(/post_processor gives a template 3 encodings/);
  });
});

describe("mutated files", () => {
  const text = readFileSync(new URL("../../../../fixtures/tokenizer/tokenizer.json", import.meta.url), "utf8");
  const file = JSON.parse(text) as Json & { model: Json & { vocab: unknown[] } };
  const small = { ...file, model: { ...file.model, vocab: file.model.vocab.slice(0, 300) } };
  const junk = fc.oneof(
    fc.constantFrom<unknown>(null, true, -1, 0.5, 1e300, "", "\ud800", [], {}, [[]], "Sequence", "__proto__"),
    fc.jsonValue({ maxDepth: 2 }),
  );

  /** Every place of the file that is not an entry of the vocabulary beyond the first few. */
  const places = (node: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] => {
    if (typeof node !== "object" || node === null) return [path];
    const keys = Array.isArray(node) ? [...node.keys()].slice(0, 6) : Object.keys(node);
    return [path, ...keys.flatMap((key) => places((node as Json)[key], [...path, key]))];
  };

  it("are loaded or refused with a typed error", () => {
    fc.assert(
      fc.property(fc.constantFrom(...places(small)), junk, (path, value) => {
        const copy = { root: structuredClone(small) } as Json;
        let parent = copy;
        let key: string | number = "root";
        for (const step of path) {
          parent = parent[key] as Json;
          key = step;
        }
        parent[key] = value;
        try {
          const tokenizer = Tokenizer.fromJSON(copy.root);
          const ids = tokenizer.encode("Ein Text\n<s> über 日本 ");
          expect(typeof tokenizer.decode(ids)).toBe("string");
        } catch (error) {
          if (!(error instanceof TokenizerError)) throw error;
        }
      }),
      { seed: 7, numRuns: 1500 },
    );
  });

  it("cut or with changed bytes are loaded or refused with a typed error", () => {
    const short = JSON.stringify(small);
    fc.assert(
      fc.property(fc.nat(short.length), fc.string({ maxLength: 3 }), fc.nat(8), (at, insert, remove) => {
        try {
          Tokenizer.fromJSON(short.slice(0, at) + insert + short.slice(at + remove));
        } catch (error) {
          if (!(error instanceof TokenizerError)) throw error;
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
