import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AutoTokenizer } from "./auto-tokenizer.ts";
import type { FileSource } from "../sources/model-source.ts";
import { TokenizerFileError } from "../errors.ts";

const models = fileURLToPath(new URL("../../../../models/", import.meta.url));

const expected = async <Content>(model: string): Promise<Content> =>
  JSON.parse(await readFile(`${models}${model}/expected.json`, "utf8")) as Content;

describe("the shipped checkpoints", () => {
  it("helium-nano: prompts become the reference's ids and sequences its text", async () => {
    const tokenizer = await AutoTokenizer.fromPretrained(`${models}helium-nano`);
    const { greedy } = await expected<{
      greedy: { prompt: string; input_ids: number[]; sequence: number[]; text: string }[];
    }>("helium-nano");
    expect(greedy.length).toBeGreaterThan(0);
    const { inputIds } = tokenizer(greedy.map((row) => row.prompt));
    expect(inputIds).toEqual(greedy.map((row) => row.input_ids));
    const texts = tokenizer.batchDecode(
      greedy.map((row) => row.sequence),
      { skipSpecialTokens: true },
    );
    expect(texts).toEqual(greedy.map((row) => row.text));
    expect([tokenizer.padTokenId, tokenizer.bosTokenId, tokenizer.eosTokenId]).toEqual([3, 1, 2]);
    expect([tokenizer.paddingSide, tokenizer.modelMaxLength]).toEqual(["left", 1024]);
  });

  it("helium-nano-codeswitch: texts become the reference's tokens", async () => {
    const tokenizer = await AutoTokenizer.fromPretrained(`${models}helium-nano-codeswitch`);
    const { rows } = await expected<{ rows: { text: string; input_ids: number[]; tokens: string[] }[] }>(
      "helium-nano-codeswitch",
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(
      tokenizer(
        rows.map((row) => row.text),
        { returnTokens: true },
      ),
    ).toMatchObject({
      inputIds: rows.map((row) => row.input_ids),
      tokens: rows.map((row) => row.tokens),
    });
  });

  it("helium-nano-langid: every text survives the round trip", async () => {
    const tokenizer = await AutoTokenizer.fromPretrained(`${models}helium-nano-langid`);
    const { rows } = await expected<{ rows: { text: string }[] }>("helium-nano-langid");
    const texts = rows.map((row) => row.text);
    const { inputIds } = tokenizer(texts, { padding: true });
    expect(tokenizer.batchDecode(inputIds, { skipSpecialTokens: true })).toEqual(texts);
  });
});

describe("files that are not there or not right", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "helium-tokenizer-"));
    await writeFile(join(folder, "file"), "");
    const write = async (name: string, files: Record<string, string>): Promise<void> => {
      await mkdir(join(folder, name));
      for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), text);
    };
    await write("empty", {});
    await write("cut", { "tokenizer.json": '{"version": "1.0", "model": {"type": "Uni' });
    await write("config", {
      "tokenizer.json": '{"model":{"type":"BPE","vocab":{},"merges":[]}}',
      "tokenizer_config.json": "[]",
    });
    await mkdir(join(folder, "nested"));
    await mkdir(join(folder, "nested", "tokenizer.json"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ["missing", "missing", /missing: the folder does not exist; give the folder of a checkpoint/],
    ["file", "file", /file: the folder does not exist/],
    ["empty", "empty/tokenizer.json", /tokenizer\.json: the file does not exist; .* tokenizer\.model, or a GGUF file/],
    ["cut", "cut/tokenizer.json", /tokenizer\.json: the text is not valid JSON \(.*\); .* download the file again/],
    ["config", "config/tokenizer_config.json", /tokenizer_config\.json: the root is a list, expected an object/],
    ["nested", "nested/tokenizer.json", /the file cannot be read/],
  ])("%s", async (name, file, message) => {
    const error: unknown = await AutoTokenizer.fromPretrained(join(folder, name)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TokenizerFileError);
    expect((error as TokenizerFileError).message).toMatch(message);
    expect((error as TokenizerFileError).file).toBe(join(folder, file));
  });

  it("reads a SentencePiece model where there is nothing else", async () => {
    const model = new URL("../../../../fixtures/sentencepiece/bpe.model", import.meta.url);
    await mkdir(join(folder, "sentencepiece"));
    await copyFile(model, join(folder, "sentencepiece", "tokenizer.model"));
    const plain = await AutoTokenizer.fromPretrained(join(folder, "sentencepiece"));
    expect([plain.encode(""), plain.bosToken, plain.eosTokenId]).toEqual([[1], "<s>", 2]);
    await writeFile(
      join(folder, "sentencepiece", "tokenizer_config.json"),
      '{"add_bos_token": false, "add_eos_token": true, "pad_token": "</s>", "padding_side": "left"}',
    );
    const configured = await AutoTokenizer.fromPretrained(join(folder, "sentencepiece"));
    expect([configured.encode(""), configured.padTokenId, configured.paddingSide]).toEqual([[2], 2, "left"]);
    await writeFile(join(folder, "sentencepiece", "tokenizer.model"), "damaged");
    await expect(AutoTokenizer.fromPretrained(join(folder, "sentencepiece"))).rejects.toThrow(/tokenizer\.model: /);
  });

  it("takes files from anywhere, without a location", async () => {
    const files: FileSource = { readBytes: async () => null };
    await expect(AutoTokenizer.fromPretrained(files)).rejects.toThrow(/^tokenizer\.json: the file does not exist/);
    const some: FileSource = {
      readBytes: async (name) =>
        name === "tokenizer.json"
          ? new TextEncoder().encode('{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}')
          : null,
    };
    expect((await AutoTokenizer.fromPretrained(some)).encode("aa")).toEqual([0, 0]);
  });
});
