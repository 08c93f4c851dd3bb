import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenizerFileError } from "../../errors.ts";
import { Tokenizer } from "../tokenizer.ts";
import { readSentencePieceModel } from "./read-model.ts";
import { sentencePieceSource } from "./tokenizer-source.ts";

interface Cases {
  readonly texts: readonly string[];
  readonly models: Readonly<Record<string, { readonly ids: readonly number[][]; readonly decoded: readonly string[] }>>;
}

const root = new URL("../../../../../", import.meta.url);
/** A folder made by `scripts/reference/make_sentencepiece_cases.py --out`, relative to the repository. */
const folder = new URL(`${process.env.SENTENCEPIECE_CASES ?? "fixtures/sentencepiece"}/`, root);
const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`${name}.model`, folder));
const cases = JSON.parse(readFileSync(new URL("cases.json", folder), "utf8")) as Cases;

describe.each(Object.entries(cases.models))("the SentencePiece model %s", (name, { ids, decoded }) => {
  const vocabulary = readSentencePieceModel(bytesOf(name), `${name}.model`);
  const tokenizer = Tokenizer.fromParts(sentencePieceSource(vocabulary));

  it("cuts every text as the library does", () => {
    const options = { addSpecialTokens: false, splitSpecialTokens: true };
    const differences = cases.texts.flatMap((text, index) => {
      const given = tokenizer.encode(text, options);
      const expected = ids[index] ?? [];
      return JSON.stringify(given) === JSON.stringify(expected) ? [] : [{ text, given, expected }];
    });
    expect(differences.slice(0, 3)).toEqual([]);
  });

  it("gives the text back as the library does", () => {
    // The library drops control pieces from texts.
    const texts = ids.map((row) => tokenizer.decode(row, { skipSpecialTokens: false }));
    const differences = texts.flatMap((given, index) => {
      const expected = decoded[index] ?? "";
      const hasUnknown = ids[index]?.includes(vocabulary.ids.unk ?? -1);
      return given === expected || hasUnknown ? [] : [{ text: cases.texts[index], given, expected }];
    });
    expect(differences.slice(0, 3)).toEqual([]);
  });

  it("covers each text with its tokens", () => {
    for (const text of cases.texts.slice(0, 100)) {
      const { offsetsMapping = [[]] } = tokenizer(text, { addSpecialTokens: false, returnOffsetsMapping: true });
      const length = [...text].length;
      for (const [start, end] of offsetsMapping[0] ?? []) expect(start <= end && end <= length).toBe(true);
    }
  });
});

// By sentencepiece 0.2.3. Two cuts of "000" have sums so near that the rounding of all before them decides.
it.each([
  ["5$ 000", [627, 41, 261, 466, 620]],
  ["° perché `q` 1.000.000", [199, 181, 331, 326, 332, 261, 101, 817, 101, 499, 264, 466, 620, 264, 620, 466]],
])("%s is cut as the library does, the score of what is unknown in single precision too", (text, ids) => {
  const tokenizer = Tokenizer.fromParts(sentencePieceSource(readSentencePieceModel(bytesOf("unigram-bytes"), "a")));
  expect(tokenizer.encode(text, { addSpecialTokens: false })).toEqual(ids);
});

describe("readSentencePieceModel", () => {
  const bytes = bytesOf("bpe-nfkc");

  it("puts special tokens around a text as the configuration says", () => {
    const vocabulary = readSentencePieceModel(bytes, "tokenizer.model");
    const plain = Tokenizer.fromParts(sentencePieceSource(vocabulary));
    expect(plain.encode("")).toEqual([1]);
    expect([plain.bosToken, plain.eosToken, plain.unkToken, plain.padToken]).toEqual(["<s>", "</s>", "<unk>", null]);
    const framed = Tokenizer.fromParts(sentencePieceSource(vocabulary, { add_bos_token: false, add_eos_token: true }));
    expect(framed.encode("")).toEqual([2]);
    expect(framed.encode("<s>", { addSpecialTokens: false })).toEqual([1]);
  });

  it.each([
    ["nothing", new Uint8Array(0), /pieces are missing/],
    ["a text", new TextEncoder().encode("not a model"), /TokenizerFileError|bytes|wire type|field number|pieces/],
    ["half a file", bytes.subarray(0, 5000), /claims \d+ bytes|ends within/],
    ["a length that lies", Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f), /claims 4294967295 bytes/],
    ["a piece without a text", Uint8Array.of(0x0a, 0x02, 0x18, 0x01), /pieces\[0\] has no text/],
    ["a piece of an unknown role", Uint8Array.of(0x0a, 0x05, 0x0a, 0x01, 0x61, 0x18, 0x09), /type is 9/],
    ["a word model", Uint8Array.of(0x0a, 0x03, 0x0a, 0x01, 0x61, 0x12, 0x02, 0x18, 0x03), /model_type is 3/],
  ])("refuses %s", (_, damaged, message) => {
    const read = (): unknown => readSentencePieceModel(damaged, "tokenizer.model");
    expect(read).toThrow(TokenizerFileError);
    expect(read).toThrow(message);
  });

  it("throws typed errors only, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const damaged = bytesOf("bpe").slice();
        for (const [at, value] of changes) damaged[at] = value;
        try {
          Tokenizer.fromParts(sentencePieceSource(readSentencePieceModel(damaged, "tokenizer.model"))).encode("a b");
        } catch (error) {
          expect(error).toHaveProperty("mend");
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});
