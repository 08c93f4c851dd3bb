import { readFileSync } from "node:fs";
import { GgufError, type GgufList, type GgufMetadataToWrite } from "@helium-lm/nn";
import { describe, expect, it } from "vitest";
import type { FileSource } from "../../sources/model-source.ts";
import { Tokenizer } from "../../tokenizer/index.ts";
import { UnwritableTokenizerError } from "../../errors.ts";
import { ggmlTokenizer } from "./ggml-tokenizer.ts";
import { readGgmlVocabulary, inMemoryMetadata } from "./ggml-vocabulary.ts";
import { ggufTokenizer } from "./gguf-tokenizer.ts";
import { ggufTokenizerMetadata } from "./write-tokenizer.ts";

const root = new URL("../../../../../", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), "utf8");
const cases = JSON.parse(text("fixtures/tokenizer/cases.json")) as { cases: { text: string; ids: number[] }[] };
const helium = JSON.parse(text("fixtures/tokenizer/tokenizer.json")) as Record<string, object>;

const filesOf = (texts: Readonly<Record<string, unknown>>, model?: Uint8Array): FileSource => ({
  location: "model",
  readBytes: async (name) => {
    if (name === "tokenizer.model") return model ?? null;
    const found = texts[name];
    if (found === undefined) return null;
    return new TextEncoder().encode(typeof found === "string" ? found : JSON.stringify(found));
  },
});

const value = (metadata: GgufMetadataToWrite, key: string): unknown => {
  const found = metadata.get(key);
  return found?.type === "array" ? found.items : found?.value;
};

const readBack = async (metadata: GgufMetadataToWrite): Promise<Tokenizer> =>
  (await ggufTokenizer(inMemoryMetadata("x.gguf", metadata)))!;

/** A byte-level tokenizer.json over the whole alphabet, with the cuts of a model that llama.cpp knows. */
async function byteLevelJson(changes: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
  const bytes = readFileSync(new URL("fixtures/gguf-tokenizer/gpt2.gguf", root));
  const { GgufFile } = await import("@helium-lm/nn");
  const file = await GgufFile.open({
    name: "gpt2.gguf",
    size: bytes.length,
    read: async (at, length) => bytes.subarray(at, at + length),
    close: async () => undefined,
  });
  return { ...ggmlTokenizer((await readGgmlVocabulary(file))!).tokenizerJson, ...changes };
}

describe("ggufTokenizerMetadata", () => {
  it("writes Helium's Unigram tokenizer as t5, which reads back to the same tokens", async () => {
    const config = { bos_token: "<s>", eos_token: "</s>", unk_token: "<unk>", pad_token: "<pad>" };
    const files = filesOf({ "tokenizer.json": helium, "tokenizer_config.json": config });
    const metadata = await ggufTokenizerMetadata(files, 6150);
    expect(value(metadata, "tokenizer.ggml.model")).toBe("t5");
    expect(
      ["bos", "eos", "unknown", "padding"].map((name) => value(metadata, `tokenizer.ggml.${name}_token_id`)),
    ).toEqual([1, 2, 0, 3]);
    expect([value(metadata, "tokenizer.ggml.add_bos_token"), value(metadata, "tokenizer.ggml.add_eos_token")]).toEqual([
      true,
      false,
    ]);
    const tokens = value(metadata, "tokenizer.ggml.tokens") as string[];
    expect([tokens.length, tokens.at(-1)]).toEqual([6150, "[PAD6149]"]);
    const types = (metadata.get("tokenizer.ggml.token_type") as GgufList).items;
    expect([types[0], types[1], types[4], types[300], types[6149]]).toEqual([2, 3, 6, 1, 5]);
    const tokenizer = await readBack(metadata);
    // Helium's special tokens are whole words and its byte pieces match their own names, which GGUF cannot say.
    const plain = cases.cases.filter(({ text: given }) => !/<\/?s>|<unk>|<pad>|<0x/.test(given));
    expect(plain.length).toBeGreaterThan(100);
    for (const { text: given, ids } of plain) expect(tokenizer.encode(given)).toEqual(ids);
  });

  it("finds the name of the pre-tokenizer by what it cuts", async () => {
    const metadata = await ggufTokenizerMetadata(filesOf({ "tokenizer.json": await byteLevelJson() }), 800);
    expect(value(metadata, "tokenizer.ggml.pre")).toBe("smollm");
    const words = {
      type: "Sequence",
      pretokenizers: [
        { type: "Digits", individual_digits: true },
        { type: "ByteLevel", add_prefix_space: false, use_regex: true },
      ],
    };
    const other = await byteLevelJson({ pre_tokenizer: words });
    expect(value(await ggufTokenizerMetadata(filesOf({ "tokenizer.json": other }), 800), "tokenizer.ggml.pre")).toBe(
      "smollm",
    );
    const gpt2 = await byteLevelJson({ pre_tokenizer: words.pretokenizers[1], normalizer: { type: "NFC" } });
    const written = await ggufTokenizerMetadata(filesOf({ "tokenizer.json": gpt2 }), 800);
    expect(value(written, "tokenizer.ggml.pre")).toBe("gpt-2");
    expect((await readBack(written)).encode("x 12")).toEqual(Tokenizer.fromJSON(gpt2).encode("x 12"));
  });

  it("writes BPE over characters as llama, with scores in the order of its merges", async () => {
    const model = readFileSync(new URL("fixtures/sentencepiece/bpe.model", root));
    const fromModel = await ggufTokenizerMetadata(filesOf({}, model), 1000);
    expect(value(fromModel, "tokenizer.ggml.model")).toBe("llama");
    const vocabulary = (await readGgmlVocabulary(inMemoryMetadata("x.gguf", fromModel)))!;
    const { tokenizerJson } = ggmlTokenizer(vocabulary);
    const fromJson = await ggufTokenizerMetadata(filesOf({ "tokenizer.json": tokenizerJson }), 1000);
    expect(value(fromJson, "tokenizer.ggml.model")).toBe("llama");
    const roles = (metadata: GgufMetadataToWrite): unknown[] =>
      (value(metadata, "tokenizer.ggml.token_type") as unknown[]).slice(0, 800);
    expect(roles(fromJson)).toEqual(roles(fromModel));
    const [one, two] = [await readBack(fromModel), await readBack(fromJson)];
    for (const { text: given } of cases.cases) expect(two.encode(given)).toEqual(one.encode(given));
  });

  it("writes the characters map of a Unigram model", async () => {
    const model = readFileSync(new URL("fixtures/sentencepiece/unigram.model", root));
    const metadata = await ggufTokenizerMetadata(filesOf({}, model), 900);
    expect(value(metadata, "tokenizer.ggml.remove_extra_whitespaces")).toBe(true);
    expect((await readBack(metadata)).tokenize("ＡＢＣ  ﬁ")).toEqual((await readBack(metadata)).tokenize("ABC fi"));
  });

  it("writes the chat templates, from a file of their own or the configuration", async () => {
    const json = await byteLevelJson();
    const template = async (texts: Readonly<Record<string, unknown>>): Promise<unknown[]> => {
      const metadata = await ggufTokenizerMetadata(filesOf({ "tokenizer.json": json, ...texts }), 800);
      return ["tokenizer.chat_template", "tokenizer.chat_template.tool_use"].map((key) => value(metadata, key));
    };
    expect(await template({})).toEqual([undefined, undefined]);
    expect(await template({ "tokenizer_config.json": { chat_template: "a" } })).toEqual(["a", undefined]);
    expect(await template({ "tokenizer_config.json": { chat_template: "a" }, "chat_template.jinja": "b" })).toEqual([
      "b",
      undefined,
    ]);
    const named = [
      { name: "default", template: "c" },
      { name: "tool_use", template: "d" },
    ];
    expect(await template({ "tokenizer_config.json": { chat_template: named } })).toEqual(["c", "d"]);
  });

  it("refuses a tokenizer with more tokens than the model has rows", async () => {
    const failing = ggufTokenizerMetadata(filesOf({ "tokenizer.json": helium }), 6000);
    await expect(failing).rejects.toThrow(GgufError);
    await expect(failing).rejects.toThrow(/with the id 6000, but the model has 6000 rows/);
  });

  it("says what it cannot write", async () => {
    const odd = await byteLevelJson({ pre_tokenizer: { type: "ByteLevel", add_prefix_space: true, use_regex: true } });
    const failing = ggufTokenizerMetadata(filesOf({ "tokenizer.json": odd }), 800);
    await expect(failing).rejects.toThrow(UnwritableTokenizerError);
    await expect(failing).rejects.toThrow(/a rule that llama\.cpp does not know/);
    const lower = {
      ...helium,
      normalizer: { type: "Sequence", normalizers: [{ type: "Lowercase" }, helium.normalizer] },
    };
    await expect(ggufTokenizerMetadata(filesOf({ "tokenizer.json": lower }), 6144)).rejects.toThrow(
      /cannot be written as tokenizer\.ggml\.\*: "Don't DON'T/,
    );
  });
});
