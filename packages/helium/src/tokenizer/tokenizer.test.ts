import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { BatchEncoding } from "./encode-batch.ts";
import { TokenizerError } from "../errors.ts";
import { Tokenizer } from "./tokenizer.ts";

const json: unknown = JSON.parse(
  readFileSync(new URL("../../../../fixtures/tokenizer/tokenizer.json", import.meta.url), "utf8"),
);
const config = { bos_token: "<s>", eos_token: { content: "</s>" }, padding_side: "left", model_max_length: 8 };
const specialTokensMap = { pad_token: "<pad>", unk_token: "<unk>", bos_token: "</s>" };

const make = (): Tokenizer => Tokenizer.fromJSON(json, config, specialTokensMap);
const tokenizer = make();

const expectFields = (one: object, fields: Partial<Tokenizer>): void => {
  const values = one as Record<string, unknown>;
  expect(Object.fromEntries(Object.keys(fields).map((name) => [name, values[name]]))).toEqual(fields);
};

describe("Tokenizer", () => {
  it("is a function with methods", () => {
    expect(tokenizer).toBeInstanceOf(Tokenizer);
    expect(typeof tokenizer).toBe("function");
    expectTypeOf(tokenizer("a")).toEqualTypeOf<BatchEncoding>();
    expect(tokenizer("Paris")).toEqual({ inputIds: [tokenizer.encode("Paris")], attentionMask: [[1, 1, 1]] });
    expect(tokenizer(["Paris", "a"]).inputIds).toEqual([tokenizer.encode("Paris"), tokenizer.encode("a")]);
    expect(tokenizer([])).toEqual({ inputIds: [], attentionMask: [] });
  });

  it("knows its special tokens, from tokenizer_config.json first", () => {
    expectFields(tokenizer, { bosToken: "<s>", eosToken: "</s>", padToken: "<pad>", unkToken: "<unk>" });
    expectFields(tokenizer, { bosTokenId: 1, eosTokenId: 2, padTokenId: 3, unkTokenId: 0 });
    expect(tokenizer.specialTokenId("mask")).toBeNull();
    expect(tokenizer.allSpecialIds).toEqual([0, 1, 2, 3]);
    expectFields(tokenizer, { paddingSide: "left", truncationSide: "right", modelMaxLength: 8 });
  });

  it("has no special tokens and pads on the right without a config", () => {
    const bare = Tokenizer.fromJSON(json);
    expectFields(bare, { bosToken: null, padTokenId: null, paddingSide: "right", modelMaxLength: Infinity });
    expect(Tokenizer.fromJSON(json, { model_max_length: 1e30 }).modelMaxLength).toBe(Infinity);
  });

  it("converts between tokens and ids", () => {
    expect(tokenizer.convertTokensToIds("▁de")).toBe(264);
    expect(tokenizer.convertTokensToIds(["<s>", "no such token"])).toEqual([1, 0]);
    expect(Tokenizer.fromJSON(json).convertTokensToIds("no such token")).toBeNull();
    expect(tokenizer.convertIdsToTokens(264)).toBe("▁de");
    expect(tokenizer.convertIdsToTokens([1, 9999])).toEqual(["<s>", null]);
    expect(tokenizer.tokenize("a b")).toEqual(["▁a", "▁b"]);
    expect(tokenizer.tokenize("a", { addSpecialTokens: true })).toEqual(["<s>", "▁a"]);
    const vocab = tokenizer.getVocab();
    expect(vocab.size).toBe(6144);
    expect(vocab.get("\n")).toBe(14);
    expectFields(tokenizer, { vocabSize: 6144, fullVocabSize: 6144 });
  });

  it("decodes typed arrays, ignores unknown ids, cleans up on request", () => {
    const ids = tokenizer.encode("Où est la gare ?");
    expect(tokenizer.decode(Int32Array.from(ids), { skipSpecialTokens: true })).toBe("Où est la gare ?");
    expect(tokenizer.decode(ids, { skipSpecialTokens: true, cleanUpTokenizationSpaces: true })).toBe("Où est la gare?");
    expect(tokenizer.decode([264, 9999, 264])).toBe("de de");
    expect(tokenizer.batchDecode([[1, 264], [264]], { skipSpecialTokens: true })).toEqual(["de", "de"]);
  });

  it("adds tokens that only tokenizer_config.json knows", () => {
    const added = Tokenizer.fromJSON(json, {
      eos_token: "<end>",
      additional_special_tokens: ["▁de"],
      added_tokens_decoder: {
        "6144": { content: "<end>", special: true },
        "6145": { content: "<tool>", lstrip: true, special: false },
        "5": { content: "<taken>", special: true },
      },
    });
    expect(added.eosTokenId).toBe(6144);
    expect(added.fullVocabSize).toBe(6146);
    expect(added.idCount).toBe(6146);
    expect(added.encode("x <tool><end>", { addSpecialTokens: false })).toEqual([262, 369, 6145, 6144]);
    expect(added.decode([369, 6145, 6144, 264], { skipSpecialTokens: true })).toBe("x <tool>");
    expect(added.convertTokensToIds("<taken>")).toBeNull();
  });

  it("leaves special tokens in the text alone on request", () => {
    expect(tokenizer.encode("a<|x|> \n", { splitSpecialTokens: true })).toEqual(tokenizer.encode("a<|x|> \n"));
    const [marked, plain] = [false, true].map((splitSpecialTokens) =>
      Tokenizer.fromJSON(withoutControlPieces).encode("a <s> b", { splitSpecialTokens, addSpecialTokens: false }),
    );
    expect(marked).toContain(6144);
    expect(plain).not.toContain(6144);
  });

  /** The lattice of the fixture holds the control pieces too; here they can only come from the added tokens. */
  const withoutControlPieces = {
    ...(json as object),
    model: {
      ...(json as { model: { vocab: [string, number][] } }).model,
      vocab: (json as { model: { vocab: [string, number][] } }).model.vocab.map(([piece, score], id) =>
        id === 1 ? ["<other>", score] : [piece, score],
      ),
    },
    added_tokens: [{ id: 6144, content: "<s>", special: true }],
    post_processor: null,
  };

  it("counts a lone surrogate as U+FFFD", () => {
    expect(tokenizer.encode("a\ud800b")).toEqual(tokenizer.encode("a\ufffdb"));
  });
});

describe("padding and truncation", () => {
  const texts = ["Hello", "a much longer sentence", ""];
  const lengths = (options: Parameters<Tokenizer["encode"]>[1]): number[] =>
    tokenizer(texts, options).inputIds.map((row) => row.length);

  it("pads to the longest row, a fixed length or a multiple", () => {
    const plain = lengths({});
    const longest = Math.max(...plain);
    expect(lengths({ padding: true })).toEqual(plain.map(() => longest));
    expect(lengths({ padding: "longest", padToMultipleOf: 16 })).toEqual([16, 16, 16]);
    expect(lengths({ padding: "max_length", maxLength: 20 })).toEqual([20, 20, 20]);
    expect(lengths({ padding: "max_length" })).toEqual([8, 8, 8]);
  });

  it("pads on the side asked for and marks the pads", () => {
    const options = { padding: "max_length", maxLength: 4, returnTokens: true, returnSpecialTokensMask: true } as const;
    expect(tokenizer("a", options)).toEqual({
      inputIds: [[3, 3, 1, 267]],
      attentionMask: [[0, 0, 1, 1]],
      tokens: [["<pad>", "<pad>", "<s>", "▁a"]],
      specialTokensMask: [[1, 1, 1, 0]],
    });
    expect(tokenizer("a", { ...options, paddingSide: "right" }).inputIds).toEqual([[1, 267, 3, 3]]);
    const right = make();
    right.paddingSide = "right";
    expect(right("a", options).inputIds).toEqual([[1, 267, 3, 3]]);
  });

  it("pads with a token that the user chose", () => {
    const bare = Tokenizer.fromJSON(json, { eos_token: "</s>" });
    expect(() => bare(["a", "a b"], { padding: true })).toThrow(/padToken .* tokenizer.padToken = tokenizer.eosToken/);
    bare.padToken = bare.eosToken;
    expect(bare(["a", "a b"], { padding: true }).inputIds[0]).toEqual([1, 267, 2]);
    bare.padToken = null;
    expect(bare.padTokenId).toBeNull();
    expect(() => (bare.padToken = "no such token")).toThrow(TokenizerError);
  });

  it("truncates on the side asked for, with room for special tokens", () => {
    const ids = tokenizer.encode("a much longer sentence", { addSpecialTokens: false });
    const cut = (truncationSide: "left" | "right"): number[] =>
      tokenizer.encode("a much longer sentence", { truncation: true, truncationSide, maxLength: 4 });
    expect(cut("right")).toEqual([1, ...ids.slice(0, 3)]);
    expect(cut("left")).toEqual([1, ...ids.slice(-3)]);
    expect(tokenizer.encode("a ".repeat(50), { truncation: true })).toHaveLength(8);
    expect(tokenizer.encode("a", { truncation: true, maxLength: 1 })).toEqual([1]);
  });

  it("truncates a pair by strategy", () => {
    const [first, second] = ["a a a a a a", "b b"];
    const cut = (truncation: "longest_first" | "only_first" | "only_second", maxLength: number): number[] =>
      tokenizer.encode(first, { textPair: second, truncation, maxLength });
    const [a, b] = [267, 779];
    expect(cut("longest_first", 7)).toEqual([1, a, a, a, 1, b, b]);
    expect(cut("longest_first", 4)).toEqual([1, a, 1, b]);
    expect(cut("only_first", 6)).toEqual([1, a, a, 1, b, b]);
    expect(cut("only_second", 9)).toEqual([1, a, a, a, a, a, a, 1, b]);
    expect(() => cut("only_second", 7)).toThrow(/truncation .* use "longest_first"/);
  });
});

describe("arguments out of place", () => {
  const call = tokenizer as unknown as (text: unknown, options?: unknown) => unknown;
  it.each([
    ["a number for the text", () => call(3), /^tokenizer: text is 3, expected a string/],
    ["nothing", () => call(undefined), /^tokenizer: text is undefined/],
    ["a list with a hole", () => call(["a", null]), /text\[1\] is null, expected a string/],
    ["pairs of another number", () => call(["a", "b"], { textPair: ["c"] }), /textPair.length is 1, expected 2/],
    ["NaN", () => call("a", { truncation: true, maxLength: NaN }), /maxLength is NaN, expected a positive integer/],
    ["no room", () => call("a", { truncation: true, maxLength: 0 }), /maxLength is 0/],
    ["a half", () => call("a", { padding: true, padToMultipleOf: 1.5 }), /padToMultipleOf is 1.5/],
    ["a wrong side", () => call("a", { paddingSide: "top" }), /paddingSide is "top", expected "left" or "right"/],
    ["a wrong strategy", () => call("a", { truncation: "some" }), /truncation is "some"/],
    ["a wrong padding", () => call("a", { padding: "all" }), /padding is "all"/],
    [
      "a limit that no multiple meets",
      () => call("a", { maxLength: 10, truncation: true, padding: "max_length", padToMultipleOf: 8 }),
      /maxLength is 10, expected a multiple of padToMultipleOf = 8/,
    ],
    ["too little room for special tokens", () => pair(1), /maxLength is 1, expected at least the 2 special tokens/],
    ["a list for encode", () => tokenizer.encode(["a"] as unknown as string), /text is a list, expected one string/],
    ["a fractional id", () => tokenizer.decode([1, 1.5]), /ids\[1\] is 1.5, expected a token id/],
    ["a negative id", () => tokenizer.convertIdsToTokens(-1), /id is -1/],
    ["a text for ids", () => tokenizer.decode("ab" as unknown as number[]), /ids\[0\] is "a"/],
    ["NaN in a stream", () => tokenizer.streamDecoder().push(NaN), /id is NaN/],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(TokenizerError);
    expect(act).toThrow(message);
  });
  const pair = (maxLength: number): number[] => tokenizer.encode("a", { textPair: "b", truncation: true, maxLength });

  it("names a fixed length that is missing", () => {
    expect(() => Tokenizer.fromJSON(json, { pad_token: "<pad>" })("a", { padding: "max_length" })).toThrow(
      /pass maxLength/,
    );
  });
});

describe("any text", () => {
  const parameters = { seed: 20_240, numRuns: 200 };
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 60 }),
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(" ", "a", "▁", "\n", "<s>", "é", "😀", "the ", "<0x41>"), maxLength: 40 }),
  );

  it("comes back from its tokens, except that a line begins with a space", () => {
    const line = text.filter((one) => !/[\n▁]|<(?:0x|\/?s>|pad>|unk>)/.test(one));
    fc.assert(
      fc.property(line, (one) => {
        expect(tokenizer.decode(tokenizer.encode(one), { skipSpecialTokens: true })).toBe(one);
      }),
      parameters,
    );
  });

  it("is covered by its offsets in order, with ids in range", () => {
    fc.assert(
      fc.property(text, (one) => {
        const { inputIds, offsetsMapping } = tokenizer(one, { addSpecialTokens: false, returnOffsetsMapping: true });
        const covered = new Set<number>();
        let previous = 0;
        for (const [start, end] of offsetsMapping?.[0] ?? []) {
          expect(start).toBeGreaterThanOrEqual(previous);
          expect(end).toBeGreaterThan(start);
          for (let at = start; at < end; at++) covered.add(at);
          previous = start;
        }
        expect(covered.size).toBe([...one].length);
        for (const id of inputIds[0]!) expect(tokenizer.convertIdsToTokens(id)).not.toBeNull();
      }),
      parameters,
    );
  });

  it("streams what decode gives for any ids", () => {
    const ids = fc.array(fc.oneof(fc.nat(6150), fc.integer({ min: 4, max: 262 })), { maxLength: 40 });
    fc.assert(
      fc.property(ids, fc.boolean(), (row, skipSpecialTokens) => {
        const stream = tokenizer.streamDecoder({ skipSpecialTokens });
        for (let use = 0; use < 2; use++) {
          const parts = [...row.map((id) => stream.push(id)), stream.flush()];
          expect(parts.join("")).toBe(tokenizer.decode(row, { skipSpecialTokens }));
          for (const part of parts) expect(part).not.toMatch(/\p{Surrogate}/u);
        }
      }),
      parameters,
    );
  });

  it("streams what ids after others add to their text", () => {
    const ids = fc.array(fc.oneof(fc.nat(6150), fc.integer({ min: 4, max: 262 })), { maxLength: 24 });
    const prompts = fc.string({ unit: fc.constantFrom("a", " ", "de", "é", "€", "🙂", ".", "\n") });
    fc.assert(
      fc.property(prompts, ids, fc.boolean(), (prompt, row, skipSpecialTokens) => {
        const after = tokenizer.encode(prompt);
        const stream = tokenizer.streamDecoder({ skipSpecialTokens, after });
        const parts = [...row.map((id) => stream.push(id)), stream.flush()];
        const before = tokenizer.decode(after, { skipSpecialTokens });
        const text = tokenizer.decode([...after, ...row], { skipSpecialTokens });
        // A byte that no character goes on with takes back the bytes before it: the text is then another one.
        if (text.startsWith(before)) expect(before + parts.join("")).toBe(text);
        // The next sequence stands after nothing.
        const again = [...row.map((id) => stream.push(id)), stream.flush()];
        expect(again.join("")).toBe(tokenizer.decode(row, { skipSpecialTokens }));
      }),
      parameters,
    );
  });

  it("keeps the space between a prompt and its continuation", () => {
    const [prompt, continuation] = [tokenizer.encode("la ville"), tokenizer.encode("de", { addSpecialTokens: false })];
    const stream = tokenizer.streamDecoder({ skipSpecialTokens: true, after: prompt });
    expect([...continuation.map((id) => stream.push(id)), stream.flush()].join("")).toBe(" de");
  });

  it("streams each token at once, and bytes when their run ends", () => {
    const stream = tokenizer.streamDecoder({ skipSpecialTokens: true });
    expect([1, 264, 230, 134, 176, 264].map((id) => stream.push(id))).toEqual(["", "de", "", "", "", "€ de"]);
    expect(stream.push(230)).toBe("");
    expect(stream.flush()).toBe("\ufffd");
  });
});

describe("long texts take linear time", () => {
  const length = 60_000;
  it.each([
    ["a letter", "a"],
    ["spaces", " "],
    ["line ends", "\n"],
    ["unknown characters", "日"],
    ["special tokens", "<s>"],
  ])("%s", (_, unit) => {
    const long = unit.repeat(length / unit.length);
    const ids = tokenizer.encode(long);
    expect(ids.length).toBeGreaterThan(1000);
    const decoded = tokenizer.decode(ids);
    expect(decoded.length).toBeGreaterThan(length / 2);
  });
});
