import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenizerError, TokenizerFileError } from "../../src/errors.ts";
import { Tokenizer } from "../../src/tokenizer/tokenizer.ts";

const model = { type: "BPE", vocab: { a: 0, b: 1, ab: 2, " ": 3, "1": 4 }, merges: ["a b"] };
const load = (parts: object): Tokenizer => Tokenizer.fromJSON({ model, ...parts });
const replace = (pattern: string, content: string): object => ({
  type: "Replace",
  pattern: { String: pattern },
  content,
});
const sequence = (key: string, steps: readonly object[]): object => ({ type: "Sequence", [key]: steps });

describe("a tokenizer.json that would make much out of little", () => {
  const tenfold = Array.from({ length: 12 }, () => replace("1", "1".repeat(10)));
  const grows = /^tokenizer: (?:text|the decoded text) grows to more than 64 times its length by the steps of/;

  it("is stopped while it normalizes", () => {
    const tokenizer = load({ normalizer: sequence("normalizers", tenfold) });
    expect(() => tokenizer.encode("1")).toThrow(TokenizerError);
    expect(() => tokenizer.encode("1".repeat(1000))).toThrow(grows);
    expect(tokenizer.encode("abab")).toEqual([2, 2]);
  });

  it("is stopped where every piece of a text grows by itself", () => {
    const long = { type: "Prepend", prepend: "b".repeat(60_000) };
    const tokenizer = load({
      normalizer: long,
      added_tokens: [{ id: 9, content: "|", special: true }],
    });
    expect(tokenizer.encode("a")).toHaveLength(60_001);
    expect(() => tokenizer.encode("a|".repeat(1000))).toThrow(grows);
  });

  it("is stopped while it decodes", () => {
    const tokenizer = load({ decoder: sequence("decoders", tenfold) });
    expect(() => tokenizer.decode([4, 4, 4, 4, 4])).toThrow(grows);
    const stream = tokenizer.streamDecoder();
    expect(() => stream.push(4)).toThrow(grows);
    expect(tokenizer.decode([0, 1, 2])).toBe("abab");
  });

  it.each<[string, object, RegExp]>([
    [
      "a template of a hundred thousand pieces",
      {
        post_processor: {
          type: "TemplateProcessing",
          single: Array.from({ length: 100_000 }, () => ({ Sequence: { id: "A", type_id: 0 } })),
          pair: [],
          special_tokens: {},
        },
      },
      /post_processor\.single has 100000 pieces, expected at most 64/,
    ],
    [
      "special tokens of many ids",
      {
        post_processor: {
          type: "TemplateProcessing",
          single: Array.from({ length: 2 }, () => ({ SpecialToken: { id: "s", type_id: 0 } })),
          pair: [],
          special_tokens: { s: { id: "s", ids: Array(600).fill(1), tokens: Array(600).fill("x") } },
        },
      },
      /post_processor\.single adds 1200 tokens, expected at most 1024/,
    ],
    [
      "hundreds of steps",
      { normalizer: sequence("normalizers", Array(300).fill({ type: "NFC" })) },
      /holds more than 256 components/,
    ],
    [
      "a prefix for every character",
      { model: { ...model, continuing_subword_prefix: "#".repeat(10_000) } },
      /model\.continuing_subword_prefix has 10000 characters, expected at most 64/,
    ],
    [
      "a pattern that unfolds",
      { pre_tokenizer: { type: "Split", pattern: { Regex: "(?:a{1000}){1000}" }, behavior: "Removed" } },
      /pre_tokenizer\.pattern\.Regex expands to more than 4096 steps/,
    ],
  ])("is refused when it is loaded: %s", (_, parts, message) => {
    expect(() => load(parts)).toThrow(TokenizerFileError);
    expect(() => load(parts)).toThrow(message);
  });

  it("(a+)+b in a normaliser is loaded, with the added tokens that it normalizes, and used", () => {
    const tokenizer = load({
      normalizer: { type: "Replace", pattern: { Regex: "(a+)+b" }, content: "b" },
      added_tokens: [{ id: 9, content: "a".repeat(1000), normalized: true }],
    });
    expect(tokenizer.encode(`${"a".repeat(50)}b${"a".repeat(500)}`)).toEqual([1, ...Array<number>(500).fill(0)]);
  });

  it("quotes at most a line of a long name", () => {
    const long = "k".repeat(100_000);
    for (const parts of [
      { model: { ...model, vocab: { [long]: -1 } } },
      { model: { ...model, vocab: { [long]: 0, b: 0 } } },
      { model: { ...model, merges: [`${long} a`] } },
      { normalizer: { type: long } },
      { normalizer: { type: "Prepend", prepend: { [long]: 1 } } },
      { added_tokens: [{ id: 0, content: long }] },
    ]) {
      let message = "";
      try {
        load(parts);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).not.toBe("");
      expect(message.length).toBeLessThan(400);
    }
  });
});

describe("a text that was slow to encode", () => {
  it("white space behind an added token that takes it is looked through once", () => {
    const tokenizer = load({ added_tokens: [{ id: 3, content: " ", rstrip: true, normalized: false }] });
    // At every place again it would be 10¹¹ looks.
    expect(tokenizer.encode(" ".repeat(500_000)).length).toBe(500_000);
  });

  it("a long run of marks is normalized, with its offsets", () => {
    const tokenizer = load({ normalizer: { type: "NFC" }, model: { ...model, unk_token: "b", fuse_unk: true } });
    const { offsetsMapping } = tokenizer(`a${"\u0301\u0323".repeat(300_000)}b`, { returnOffsetsMapping: true });
    expect(offsetsMapping?.[0]?.at(-1)).toEqual([600_001, 600_002]);
  });

  it("tokens within white space that was taken are as they were", () => {
    const tokenizer = load({
      added_tokens: [
        { id: 3, content: " ", rstrip: true, normalized: false },
        { id: 8, content: "|", lstrip: true, rstrip: true, normalized: false },
      ],
    });
    const spans = (text: string): unknown => tokenizer(text, { returnOffsetsMapping: true }).offsetsMapping?.[0];
    expect(spans("a  | b")).toEqual([
      [0, 1],
      [1, 3],
      [2, 3],
      [3, 5],
      [4, 5],
      [5, 6],
    ]);
  });
});

describe("encodeAsync", () => {
  const tokenizer = load({
    pre_tokenizer: { type: "Split", pattern: { Regex: String.raw`\s+` }, behavior: "Isolated" },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "s", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { s: { id: "s", ids: [7], tokens: ["s"] } },
    },
    added_tokens: [{ id: 9, content: "|", special: true }],
  });

  it("gives what the call gives", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom("a", "b", " ", "|", "😀"), maxLength: 40 }), { maxLength: 4 }),
        fc.boolean(),
        async (texts, isPair) => {
          const options = { returnOffsetsMapping: true, returnTokens: true, ...(isPair && { textPair: texts }) };
          expect(await tokenizer.encodeAsync(texts, options)).toEqual(tokenizer(texts, options));
        },
      ),
      { seed: 3, numRuns: 100 },
    );
  });

  it("lets others run meanwhile, and ends when it is told to", async () => {
    const text = "ab |".repeat(200_000);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 0);
    try {
      const { inputIds } = await tokenizer.encodeAsync(text);
      expect(inputIds[0]).toHaveLength(600_001);
      expect(ticks).toBeGreaterThan(2);
      const controller = new AbortController();
      const encoding = tokenizer.encodeAsync(text, { signal: controller.signal });
      setTimeout(() => controller.abort(new Error("enough")), 0);
      await expect(encoding).rejects.toThrow("enough");
    } finally {
      clearInterval(timer);
    }
  });

  it("refuses what the call refuses", async () => {
    await expect(tokenizer.encodeAsync([1] as unknown as string[])).rejects.toThrow(
      /text\[0\] is 1, expected a string/,
    );
  });
});
