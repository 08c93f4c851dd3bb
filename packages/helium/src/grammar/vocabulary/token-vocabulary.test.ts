import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFixture } from "../../../../../testing/fixtures.ts";
import { TokenizerError } from "../../errors.ts";
import { AutoTokenizer } from "../../tokenizer/auto-tokenizer.ts";
import { readSentencePieceModel } from "../../tokenizer/sentencepiece/read-model.ts";
import { sentencePieceSource } from "../../tokenizer/sentencepiece/tokenizer-source.ts";
import { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { nodeOf, type TokenTrie } from "./token-trie.ts";
import { TokenVocabulary } from "./token-vocabulary.ts";

const utf8 = new TextEncoder();

interface Components {
  readonly models: Record<string, Record<string, unknown>>;
  readonly texts: string[];
  readonly tokenizers: {
    readonly name: string;
    readonly model: string;
    readonly model_changes: Record<string, unknown>;
    readonly tokenizer: { readonly decoder: { readonly type: string } | null };
  }[];
}

const fixture = (path: string): string => fileURLToPath(new URL(`../../../../../${path}`, import.meta.url));
const components = JSON.parse(
  readFileSync(fixture("packages/helium/test/fixtures/tokenizer-components.json"), "utf8"),
) as Components;
const helium = readFixture<{ model: Record<string, unknown> }>("tokenizer/tokenizer.json");

const tokenizers: [name: string, isByteLevel: boolean, tokenizer: Tokenizer][] = [
  ["helium", false, Tokenizer.fromJSON(helium)],
  ...components.tokenizers.map((one): [string, boolean, Tokenizer] => {
    const model = { ...(components.models[one.model] ?? helium.model), ...one.model_changes };
    return [one.name, one.tokenizer.decoder?.type === "ByteLevel", Tokenizer.fromJSON({ ...one.tokenizer, model })];
  }),
];
for (const name of ["gpt2", "llama", "t5"])
  tokenizers.push([
    `${name}.gguf`,
    name === "gpt2",
    await AutoTokenizer.fromPretrained(fixture(`fixtures/gguf-tokenizer/${name}.gguf`)),
  ]);
for (const name of ["bpe", "bpe-nfkc", "unigram", "unigram-bytes"]) {
  const vocabulary = readSentencePieceModel(readFileSync(fixture(`fixtures/sentencepiece/${name}.model`)), name);
  tokenizers.push([`${name}.model`, false, Tokenizer.fromParts(sentencePieceSource(vocabulary))]);
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** What a decoder shows of ids: byte pieces that are no UTF-8 as one U+FFFD each, otherwise what TextDecoder shows. */
function shown(tokenizer: Tokenizer, ids: readonly number[], isByteLevel: boolean): string {
  const bytesOf = (id: number): Uint8Array => tokenizer.tokenBytes(id) ?? new Uint8Array();
  const lossy = (parts: readonly Uint8Array[]): string =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(joined(parts));
  if (isByteLevel) return lossy(ids.map(bytesOf));
  let text = "";
  let run: Uint8Array[] = [];
  const endRun = (): void => {
    const decoded = lossy(run);
    text += decoded.includes("\ufffd") && run.length > 0 ? "\ufffd".repeat(run.length) : decoded;
    run = [];
  };
  const isPiece = (id: number): boolean =>
    bytesOf(id).length === 1 && /^<0x..>$/.test(tokenizer.convertIdsToTokens(id) ?? "");
  for (const id of ids) {
    if (isPiece(id)) run.push(bytesOf(id));
    else {
      endRun();
      text += lossy([bytesOf(id)]);
    }
  }
  endRun();
  return text;
}

describe.each(tokenizers)("%s", (_, isByteLevel, tokenizer) => {
  const vocabulary = TokenVocabulary.of(tokenizer);
  const lead = tokenizer.encode("a", { addSpecialTokens: false });
  const ids = Array.from({ length: vocabulary.size }, (_, id) => id);
  const textIds = ids.filter((id) => vocabulary.bytesOf(id) !== null);

  test("the bytes of ids one after another are their decoded text, whatever ids stand there", () => {
    const drawn = fc.array(fc.constantFrom(...ids), { maxLength: 12 });
    fc.assert(
      fc.property(drawn, (between) => {
        const decoded = tokenizer.decode([...lead, ...between, ...lead]);
        expect(decoded).toBe(tokenizer.decode(lead) + shown(tokenizer, [...between, ...lead], isByteLevel));
      }),
      { numRuns: 60, seed: 15 },
    );
  });

  test("a text is cut into tokens of exactly its bytes, also from and to the middle of a character", () => {
    const texts = fc.oneof(fc.constantFrom(...components.texts), fc.string({ unit: "grapheme", maxLength: 12 }));
    fc.assert(
      fc.property(texts, fc.nat(3), fc.nat(3), (text, from, to) => {
        const whole = utf8.encode(text);
        const bytes = whole.subarray(Math.min(from, whole.length), Math.max(from, whole.length - to));
        const cut = vocabulary.encode(bytes);
        // Vocabularies without all bytes do not have every text.
        if (cut === null) {
          expect(isByteLevel).toBe(false);
          return;
        }
        const parts = cut.map((id) => vocabulary.bytesOf(id) ?? new Uint8Array());
        expect(joined(parts)).toEqual(Uint8Array.from(bytes));
      }),
      { numRuns: 60, seed: 15 },
    );
  });

  test("special tokens and ids that the tokenizer does not have stand for no text", () => {
    for (const id of tokenizer.allSpecialIds) expect(vocabulary.bytesOf(id)).toBeNull();
    const padded = TokenVocabulary.of(tokenizer, vocabulary.size + 100);
    expect(padded.size).toBe(vocabulary.size + 100);
    for (const id of [-1, vocabulary.size, vocabulary.size + 99, vocabulary.size + 100])
      expect(padded.bytesOf(id)).toBeNull();
    expect(padded.trie.order).toEqual(vocabulary.trie.order);
    expect(TokenVocabulary.of(tokenizer)).toBe(vocabulary);
  });

  test("the trie holds each token that grammars can name once, at the node of its bytes", () => {
    const { trie } = vocabulary;
    const named = ids.filter((id) => (vocabulary.grammarBytesOf(id)?.length ?? 0) > 0);
    expect([...trie.order].sort((a, b) => a - b)).toEqual(named);
    // Special tokens beside texts; of these all but single bytes that no text has.
    const unnamed = textIds.filter((id) => vocabulary.bytesOf(id)?.length !== 0 && !named.includes(id));
    for (const id of unnamed) expect([[0xfe], [0xff]]).toContainEqual([...(vocabulary.bytesOf(id) ?? [])]);
    expect(named.filter((id) => vocabulary.bytesOf(id) === null)).toEqual(
      tokenizer.allSpecialIds.filter((id) => id !== tokenizer.unkTokenId).sort((a, b) => a - b),
    );
    for (const id of named.slice(0, 500)) {
      const node = nodeOf(trie, vocabulary.grammarBytesOf(id) ?? new Uint8Array());
      expect([...trie.order.subarray(trie.first[node], trie.first[node + 1])]).toContain(id);
    }
  });
});

/** What `end`, `height` and `first` say, found by walking the tokens. */
function slowTrie(tokens: readonly (Uint8Array | null)[]): Omit<TokenTrie, "nodeCount"> {
  const keyed = tokens.flatMap((bytes, id) =>
    bytes === null || bytes.length === 0 ? [] : [{ bytes: [...bytes], id }],
  );
  const prefixes = new Map<string, number[]>([["", []]]);
  for (const { bytes } of keyed)
    for (let n = 1; n <= bytes.length; n++) prefixes.set(bytes.slice(0, n).join(), bytes.slice(0, n));
  const byBytes = (a: readonly number[], b: readonly number[]): number => {
    const at = a.findIndex((byte, index) => byte !== b[index]);
    return at < 0 ? a.length - b.length : at >= b.length ? 1 : (a[at] ?? 0) - (b[at] ?? 0);
  };
  const nodes = [...prefixes.values()].sort(byBytes);
  const under = (node: readonly number[], bytes: readonly number[]): boolean =>
    node.every((byte, index) => bytes[index] === byte);
  const order = keyed.toSorted((a, b) => byBytes(a.bytes, b.bytes) || a.id - b.id);
  return {
    byte: Uint8Array.from(nodes, (node) => node.at(-1) ?? 0),
    end: Int32Array.from(nodes, (node, n) => n + nodes.filter((other) => under(node, other)).length),
    height: Uint16Array.from(nodes, (node) =>
      Math.max(...nodes.filter((other) => under(node, other)).map((other) => other.length - node.length)),
    ),
    first: Int32Array.from([...nodes, [256]], (node) => order.filter(({ bytes }) => byBytes(bytes, node) < 0).length),
    order: Int32Array.from(order, ({ id }) => id),
  };
}

describe("TokenVocabulary.fromTokens", () => {
  test("random vocabularies, with tokens of the same bytes, of none and unused ones", () => {
    const byte = fc.constantFrom(0, 1, 97, 98, 255);
    const token = fc.option(fc.uint8Array({ maxLength: 5 }).chain((a) => fc.array(byte, { maxLength: a.length })));
    fc.assert(
      fc.property(fc.array(token, { maxLength: 30 }), (drawn) => {
        const tokens = drawn.map((bytes) => (bytes === null ? null : Uint8Array.from(bytes)));
        const { nodeCount, ...trie } = TokenVocabulary.fromTokens(tokens).trie;
        expect(trie).toEqual(slowTrie(tokens));
        expect(nodeCount).toBe(trie.byte.length);
      }),
      { numRuns: 200, seed: 15 },
    );
  });

  test("takes the fewest tokens for a text, and none where there are none", () => {
    const tokens = ["a", "ab", "abc", "cd", "d", "bcd"].map((text) => utf8.encode(text));
    const vocabulary = TokenVocabulary.fromTokens(tokens);
    expect(vocabulary.encode(utf8.encode("abcd"))).toEqual([2, 4]);
    expect(vocabulary.encode(utf8.encode("abcdcd"))).toEqual([2, 4, 3]);
    expect(vocabulary.encode(utf8.encode("abx"))).toBeNull();
    expect(vocabulary.encode(new Uint8Array())).toEqual([]);
  });

  test("a token longer than any is refused", () => {
    expect(() => TokenVocabulary.fromTokens([new Uint8Array(70_000)]).trie).toThrow(/has a token of 70000 bytes/);
  });
});

describe("decoders", () => {
  const model = { type: "BPE", vocab: { a: 0, b: 1, "▁a": 2, "<0x41>": 3 }, merges: [] };
  const load = (...decoders: object[]): Tokenizer =>
    Tokenizer.fromJSON({ model, decoder: { type: "Sequence", decoders } });
  const replace = (pattern: string): object => ({ type: "Replace", pattern: { String: pattern }, content: "x" });

  test.each<[string, Tokenizer, RegExp]>([
    [
      "a pattern of several characters in the joined text",
      load({ type: "Fuse" }, replace("ab")),
      /has a Replace where/,
    ],
    ["a pattern in joined bytes", load({ type: "ByteLevel" }, replace("a")), /has a Replace where/],
    [
      "spaces of bytes",
      load({ type: "ByteFallback" }, { type: "Metaspace", replacement: "▁" }),
      /has a Metaspace where/,
    ],
    ["bytes of the joined text", load({ type: "Fuse" }, { type: "ByteLevel" }), /has a ByteLevel where/],
  ])("%s is refused", (_, tokenizer, message) => {
    expect(() => TokenVocabulary.of(tokenizer)).toThrow(TokenizerError);
    expect(() => TokenVocabulary.of(tokenizer)).toThrow(message);
  });

  test("a strip of each token takes from each, one of the joined text from none in the middle", () => {
    const strip = { type: "Strip", content: "▁", start: 1, stop: 0 };
    expect(load(strip).tokenBytes(2)).toEqual(utf8.encode("a"));
    expect(load({ type: "Fuse" }, strip).tokenBytes(2)).toEqual(utf8.encode("▁a"));
  });

  test("a size that no model has is refused", () => {
    expect(() => TokenVocabulary.of(Tokenizer.fromJSON(helium), 0)).toThrow(/size is 0, expected a whole number/);
  });
});
