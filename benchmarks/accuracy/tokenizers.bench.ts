import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AutoTokenizer } from "@helium-lm/helium";
import { ggufPreTokenizers } from "@helium-lm/helium/gguf";
import type { GgufMetadataToWrite } from "@helium-lm/nn";
import { describeMachine } from "../machine.ts";
import { smollm2File } from "../model-files/smollm2.ts";
import { writeVocabularyCarrier } from "../model-files/vocabulary-carrier.ts";
import { release } from "../peers/native/native.ts";
import { Oracle } from "../peers/native/oracle.ts";
import { tokenizerMetadataOf } from "./gguf-tokenizer-file.ts";
import { mixedTexts } from "./mixed-texts.ts";
import { saveComparison } from "./save-comparison.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/gguf-tokenizer/", import.meta.url));
const TEXTS = 2000;

interface TokenizerRow {
  readonly vocabulary: string;
  readonly pre: string | null;
  readonly texts: number;
  readonly differ: number;
  /** The first text that differs. */
  readonly example: string | null;
}

/** Our tokenizers of `tokenizer.ggml.*` beside llama.cpp's own, on mixed texts: every pre-tokenizer and kind. */
export async function tokenizersParity(name: string): Promise<void> {
  const texts = mixedTexts(TEXTS, 1);
  const rows: TokenizerRow[] = [await ofFile("SmolLM2-135M-Instruct", smollm2File(), texts)];
  await withFolder(async (folder) => {
    const { metadata, tokens } = await tokenizerMetadataOf(smollm2File());
    for (const pre of distinctRules())
      rows.push(await ofMetadata("SmolLM2-135M-Instruct", withPre(metadata, pre), { tokens, pre, texts, folder }));
    for (const kind of ["llama", "t5"]) {
      const own = await tokenizerMetadataOf(join(fixtures, `${kind}.gguf`));
      rows.push(await ofMetadata(kind, own.metadata, { tokens: own.tokens, pre: null, texts, folder }));
    }
  });
  for (const { vocabulary, pre, differ } of rows)
    console.log(`${vocabulary.padEnd(24)} ${(pre ?? "its own").padEnd(16)} ${differ} of ${TEXTS} texts differ`);
  saveComparison(name, { machine: describeMachine(), llamaCpp: release(), rows });
}

/** Writes what llama.cpp makes of the fixtures' texts into the fixtures. */
export async function pinTokenizers(): Promise<void> {
  const cases = JSON.parse(readFileSync(join(fixtures, "cases.json"), "utf8")) as {
    readonly texts: readonly string[];
    readonly plainTexts: readonly string[];
  };
  const pinned: Record<string, readonly (readonly number[])[]> = {};
  await withFolder(async (folder) => {
    for (const kind of ["gpt2", "llama", "t5"]) {
      const { metadata, tokens } = await tokenizerMetadataOf(join(fixtures, `${kind}.gguf`));
      const texts = kind === "gpt2" ? cases.texts : cases.plainTexts;
      for (const pre of kind === "gpt2" ? ["smollm", "gpt-2", "llama-bpe", "qwen2", "tekken"] : [null]) {
        const path = join(folder, "pinned.gguf");
        await writeVocabularyCarrier(path, tokens, pre === null ? metadata : withPre(metadata, pre));
        pinned[pre === null ? kind : `${kind}:${pre}`] = await withOracle(path, (oracle) => tokenizeAll(oracle, texts));
      }
    }
  });
  writeFileSync(join(fixtures, "llama-cpp.json"), `${JSON.stringify(pinned)}\n`);
}

/** One name for each rule of the table. */
function distinctRules(): string[] {
  const names = new Map(Object.entries(ggufPreTokenizers).map(([name, rule]) => [JSON.stringify(rule), name]));
  return [...names.values()];
}

const withPre = (metadata: GgufMetadataToWrite, pre: string): GgufMetadataToWrite =>
  new Map([...metadata, ["tokenizer.ggml.pre", { type: "string", value: pre }]]);

async function ofMetadata(
  vocabulary: string,
  metadata: GgufMetadataToWrite,
  given: {
    readonly tokens: number;
    readonly pre: string | null;
    readonly texts: readonly string[];
    readonly folder: string;
  },
): Promise<TokenizerRow> {
  const path = join(given.folder, "carrier.gguf");
  await writeVocabularyCarrier(path, given.tokens, metadata);
  return { ...(await ofFile(vocabulary, path, given.texts)), pre: given.pre };
}

async function ofFile(vocabulary: string, path: string, texts: readonly string[]): Promise<TokenizerRow> {
  const tokenizer = await AutoTokenizer.fromPretrained(path);
  const theirs = await withOracle(path, (oracle) => tokenizeAll(oracle, texts));
  const different = texts.filter((text, index) => tokenizer.encode(text).join() !== theirs[index]?.join());
  return { vocabulary, pre: null, texts: texts.length, differ: different.length, example: different[0] ?? null };
}

async function tokenizeAll(oracle: Oracle, texts: readonly string[]): Promise<(readonly number[])[]> {
  const rows: (readonly number[])[] = [];
  for (const text of texts) rows.push(await oracle.tokenize(text, { addSpecial: true }));
  return rows;
}

async function withOracle<T>(path: string, use: (oracle: Oracle) => Promise<T>): Promise<T> {
  const oracle = await Oracle.open(path);
  try {
    return await use(oracle);
  } finally {
    await oracle.close();
  }
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "helium-tokenizers-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
