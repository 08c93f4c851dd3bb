import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GgufFile, GgufMetadata, writeGguf, type GgufScalar } from "@helium-lm/nn";
import { beforeAll, describe, expect, it } from "vitest";
import { AutoTokenizer, Tokenizer, TokenizerFileError } from "../../tokenizer/index.ts";
import { ggufTokenizer, ggufTokenizerText } from "./gguf-tokenizer.ts";
import type { MetadataReader } from "./ggml-vocabulary.ts";
import { ggufPreTokenizers } from "./pre-tokenizers.ts";

interface Cases {
  readonly texts: readonly string[];
  readonly plainTexts: readonly string[];
  readonly gpt2: Readonly<Record<string, readonly number[][]>>;
  readonly llama: readonly number[][];
  readonly t5: readonly number[][];
}

const folder = new URL("../../../../../fixtures/gguf-tokenizer/", import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(`${name}.gguf`, folder));
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
const cases = read("cases") as Cases;

/** A file's metadata as plain values. */
interface Plain extends MetadataReader {
  readonly values: Readonly<Record<string, GgufScalar | readonly (string | number)[]>>;
}

async function plainReader(name: string): Promise<Plain> {
  const file = await GgufFile.open({
    name: `${name}.gguf`,
    size: readFileSync(pathOf(name)).length,
    read: async (at, length) => readFileSync(pathOf(name)).subarray(at, at + length),
    close: async () => undefined,
  });
  const values: Record<string, GgufScalar | readonly (string | number)[]> = {};
  for (const key of file.metadata.keys()) {
    const value = file.metadata.get(key)!;
    if (value.type !== "array") values[key] = value;
    else values[key] = (await (value.itemType === "string" ? file.texts(key) : file.numbers(key)))!;
  }
  return withValues(`${name}.gguf`, values);
}

function withValues(name: string, values: Plain["values"]): Plain {
  const list = async (key: string): Promise<readonly (string | number)[] | undefined> => {
    const value = values[key];
    return Array.isArray(value) ? (value as (string | number)[]) : undefined;
  };
  const scalars = Object.entries(values).filter((entry): entry is [string, GgufScalar] => !Array.isArray(entry[1]));
  return {
    name,
    values,
    metadata: new GgufMetadata(name, new Map(scalars)),
    texts: list as MetadataReader["texts"],
    numbers: list as MetadataReader["numbers"],
  };
}

const changed = (reader: Plain, changes: Readonly<Record<string, unknown>>): Plain =>
  withValues(reader.name, {
    ...Object.fromEntries(Object.entries(reader.values).filter(([key]) => changes[key] !== null)),
    ...(Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null)) as Plain["values"]),
  });

const text = (value: string): GgufScalar => ({ type: "string", value });
const key = (name: string): string => `tokenizer.ggml.${name}`;

async function tokenizerOf(reader: MetadataReader): Promise<Tokenizer> {
  const tokenizer = await ggufTokenizer(reader);
  expect(tokenizer).not.toBeNull();
  return tokenizer!;
}

function expectEqualIds(
  tokenizer: Tokenizer,
  texts: readonly string[],
  expected: readonly (readonly number[])[],
): void {
  const differences = texts.flatMap((given, index) => {
    const ids = tokenizer.encode(given);
    return JSON.stringify(ids) === JSON.stringify(expected[index]) ? [] : [{ given, ids, expected: expected[index] }];
  });
  expect(differences.slice(0, 2)).toEqual([]);
}

describe("the tokenizer of tokenizer.ggml.*", () => {
  let readers: Readonly<Record<"gpt2" | "llama" | "t5", Plain>>;
  beforeAll(async () => {
    readers = { gpt2: await plainReader("gpt2"), llama: await plainReader("llama"), t5: await plainReader("t5") };
  });

  it.each(Object.keys(cases.gpt2))("cuts as the tokenizers library with the pre-tokenizer %s", async (pre) => {
    const tokenizer = await tokenizerOf(changed(readers.gpt2, { [key("pre")]: text(pre) }));
    expectEqualIds(tokenizer, cases.texts, cases.gpt2[pre]!);
  });

  it.each(["llama", "t5"] as const)("cuts a %s vocabulary as SentencePiece", async (name) => {
    expectEqualIds(await tokenizerOf(readers[name]), cases.plainTexts, cases[name]);
  });

  it.each(["scores", "token_type", "tokens"])(
    "compares the length of %s with the vocabulary before reading it",
    async (name) => {
      const reader = readers.llama;
      const metadata = new Map(reader.metadata.keys().map((known) => [known, reader.metadata.get(known)!] as const));
      const length = 300_000_000;
      metadata.set(key(name), { type: "array", itemType: "u8", length, begin: 0, end: length });
      const lying: MetadataReader = {
        ...reader,
        metadata: new GgufMetadata(reader.name, metadata),
        texts: (asked) => (asked === key(name) ? Promise.reject(new Error("read")) : reader.texts(asked)),
        numbers: (asked) => (asked === key(name) ? Promise.reject(new Error("read")) : reader.numbers(asked)),
      };
      await expect(ggufTokenizer(lying)).rejects.toThrow(/holds 300000000 (?:values, but there are|tokens, expected)/);
    },
  );

  it.skipIf(!existsSync(new URL("llama-cpp.json", folder)))("cuts as llama.cpp", async () => {
    const pinned = read("llama-cpp") as Readonly<Record<string, readonly number[][]>>;
    for (const [name, expected] of Object.entries(pinned)) {
      const [file, pre] = name.split(":") as ["gpt2" | "llama" | "t5", string | undefined];
      const reader = pre === undefined ? readers[file] : changed(readers[file], { [key("pre")]: text(pre) });
      expectEqualIds(await tokenizerOf(reader), file === "gpt2" ? cases.texts : cases.plainTexts, expected);
    }
  });

  it("is what AutoTokenizer gives for a .gguf file", async () => {
    const tokenizer = await AutoTokenizer.fromPretrained(pathOf("gpt2"));
    expectEqualIds(tokenizer, cases.texts, cases.gpt2.smollm!);
    expect([tokenizer.bosToken, tokenizer.eosToken, tokenizer.unkToken, tokenizer.padToken]).toEqual([
      "<s>",
      "<|im_end|>",
      "<unk>",
      null,
    ]);
    expect(tokenizer.modelMaxLength).toBe(512);
    const ids = tokenizer.encode("<|im_start|>café 😀<tool>", { addSpecialTokens: false });
    expect(tokenizer.decode(ids)).toBe("<|im_start|>café 😀<tool>");
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe("café 😀<tool>");
  });

  it.each(["gpt2", "llama"] as const)("is a tokenizer.json of the same tokens: %s", async (name) => {
    const tokenizer = Tokenizer.fromJSON(
      await ggufTokenizerText(readers[name], "tokenizer.json"),
      await ggufTokenizerText(readers[name], "tokenizer_config.json"),
    );
    const expected = name === "gpt2" ? cases.gpt2.smollm! : cases.llama;
    expectEqualIds(tokenizer, name === "gpt2" ? cases.texts : cases.plainTexts, expected);
  });

  it("is no tokenizer.json where that has no words for it", async () => {
    expect(await ggufTokenizerText(readers.t5, "tokenizer.json")).toBeNull();
  });

  it("takes what add_bos_token, add_eos_token and add_space_prefix say", async () => {
    const flag = (value: boolean): GgufScalar => ({ type: "bool", value });
    const framed = { [key("add_bos_token")]: flag(false), [key("add_eos_token")]: flag(true) };
    expect((await tokenizerOf(changed(readers.llama, framed))).encode("")).toEqual([2]);
    const bare = await tokenizerOf(changed(readers.llama, { ...framed, [key("add_space_prefix")]: flag(false) }));
    expect(bare.decode(bare.encode(" the"), { skipSpecialTokens: true })).toBe(" the");
    expect(bare.tokenize("the")[0]).not.toMatch(/^▁/);
  });

  it("knows the token types", async () => {
    const tokenizer = await tokenizerOf(readers.gpt2);
    expect(tokenizer.allSpecialIds).toEqual([0, 1, 2, 3, 4]);
    expect(tokenizer.tokenize("a<tool>b<|im_end|>")).toContain("<tool>");
    expect(tokenizer.tokenize("<|im_end|>", { splitSpecialTokens: true }).length).toBeGreaterThan(1);
  });

  it("prefers a tokenizer.json that the file holds", async () => {
    const embedded = { model: { type: "BPE", vocab: { x: 7 }, merges: [] } };
    const reader = changed(readers.gpt2, { "tokenizer.huggingface.json": text(JSON.stringify(embedded)) });
    expect((await tokenizerOf(reader)).encode("x")).toEqual([7]);
  });

  it("is null where a file holds none", async () => {
    expect(await ggufTokenizer(withValues("x.gguf", { "general.architecture": text("llama") }))).toBeNull();
    const none = { "general.architecture": text("llama"), [key("model")]: text("none") };
    expect(await ggufTokenizer(withValues("x.gguf", none))).toBeNull();
  });

  it.each<[string, "gpt2" | "llama" | "t5", Readonly<Record<string, unknown>>, RegExp]>([
    ["an unknown kind", "gpt2", { model: text("bert") }, /model is "bert"; read are llama, gpt2, t5/],
    [
      "an unknown pre-tokenizer",
      "gpt2",
      { pre: text("martian") },
      /pre is "martian", which is not known; read are .*smollm/,
    ],
    ["a pre-tokenizer beyond expressions", "gpt2", { pre: text("kimi-k2") }, /whose rule is not built in/],
    ["no tokens", "gpt2", { tokens: null }, /tokens is missing/],
    ["an empty vocabulary", "gpt2", { tokens: [] }, /holds 0 tokens/],
    ["a token twice", "gpt2", { tokens: ["a", "b", "a"], token_type: null }, /holds "a" twice, as 0 and 2/],
    ["an endless token", "gpt2", { tokens: ["a".repeat(5000)], token_type: null }, /one of 5000 characters at 0/],
    ["too few scores", "llama", { scores: [1] }, /scores holds 1 values, but there are \d+ tokens/],
    ["a score that is none", "llama", { scores: null }, /scores is missing/],
    ["too many types", "t5", { token_type: [1, 1] }, /token_type holds 2 values/],
    ["no merges", "gpt2", { merges: null }, /merges is missing/],
    ["half a merge", "gpt2", { merges: ["ab"] }, /merges holds "ab" at 0/],
    ["a merge of no tokens", "gpt2", { merges: ["martian s"] }, /needs the token "martian"/],
    [
      "an id outside",
      "gpt2",
      { eos_token_id: { type: "u32", value: 4000 } },
      /eos_token_id is 4000, but there are \d+ tokens/,
    ],
    ["bos without an id", "gpt2", { bos_token_id: null }, /add_bos_token is true, but there is no bos_token_id/],
    ["a damaged characters map", "t5", { precompiled_charsmap: [255, 255, 0, 0, 1] }, /is not a characters map/],
  ])("refuses %s", async (_, name, changes, message) => {
    const given = Object.fromEntries(Object.entries(changes).map(([short, value]) => [key(short), value]));
    const failing = ggufTokenizer(changed(readers[name], given));
    await expect(failing).rejects.toThrow(TokenizerFileError);
    await expect(failing).rejects.toThrow(message);
  });

  it("refuses a type that is none", async () => {
    const types = readers.t5.values[key("token_type")] as readonly number[];
    const failing = ggufTokenizer(changed(readers.t5, { [key("token_type")]: types.map(() => 9) }));
    await expect(failing).rejects.toThrow(/token_type holds 9 at 0, expected 1 to 6/);
  });

  it.each(Object.keys(ggufPreTokenizers))("the expressions of %s can be read", async (pre) => {
    const reader = changed(readers.gpt2, { [key("pre")]: text(pre) });
    const ids = (await tokenizerOf(reader)).encode("It's 1234 ok\n");
    expect(ids.length).toBeGreaterThan(3);
  });
});

it("a file without a tokenizer is named", async () => {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const metadata = new Map([["general.architecture", text("llama")]]);
  await writeGguf(metadata, [], async (chunk) => void chunks.push(Uint8Array.from(chunk)));
  const bare = new File(chunks, "bare.gguf");
  await expect(AutoTokenizer.fromPretrained(bare)).rejects.toThrow(/bare\.gguf: the tokenizer is not in the file/);
});
