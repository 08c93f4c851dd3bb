import { basename } from "node:path";
import type { GgufList, GgufMetadataToWrite, GgufScalar } from "@helium-lm/nn";
import { ggufTokenizerMetadata, UnwritableTokenizerError } from "../gguf/index.ts";
import { isGgufSource, readText, type GgufSource, type ModelSource } from "../sources/index.ts";

/** What a new file says for itself, or does not say in one piece. */
const own = /^general\.(?:architecture|alignment|file_type|quantization_version)$/;

export interface GgufExtras {
  readonly metadata: GgufMetadataToWrite;
  /** Why llama.cpp will not find the model's tokenizer in the file; null where it will, and where there is none. */
  readonly note: string | null;
}

/**
 * Name and tokenizer for a GGUF file: of another GGUF file all that it says about itself and its tokenizer, else the name
 * of the folder, tokenizer.json as it is, and for llama.cpp the same in its words with the chat template.
 *
 * @throws GgufError for a tokenizer with more tokens than the model has rows, TokenizerFileError for a damaged one
 */
export async function ggufExtras(source: ModelSource, vocabSize: number): Promise<GgufExtras> {
  if (isGgufSource(source)) return { metadata: await metadataOf(source), note: null };
  const texts = {
    "general.name": basename(source.location.replace(/\/+$/, "")),
    "tokenizer.huggingface.json": await readText(source, "tokenizer.json"),
  };
  const named = Object.entries(texts).flatMap(([key, value]): [string, GgufScalar][] =>
    value === null ? [] : [[key, { type: "string", value }]],
  );
  const { metadata, note } = await tokenizerMetadata(source, vocabSize, texts["tokenizer.huggingface.json"]);
  return { metadata: new Map([...named, ...metadata]), note };
}

async function tokenizerMetadata(source: ModelSource, vocabSize: number, json: string | null): Promise<GgufExtras> {
  const hasNone = json === null && (await source.readBytes("tokenizer.model")) === null;
  if (hasNone) return { metadata: new Map(), note: null };
  try {
    return { metadata: await ggufTokenizerMetadata(source, vocabSize), note: null };
  } catch (error) {
    if (!(error instanceof UnwritableTokenizerError)) throw error;
    return { metadata: new Map(), note: `llama.cpp will find no tokenizer in the file: ${error.message}` };
  }
}

async function metadataOf(source: GgufSource): Promise<GgufMetadataToWrite> {
  const reader = await source.openGguf();
  try {
    const kept = new Map<string, GgufScalar | GgufList>();
    for (const key of reader.metadata.keys()) {
      if (!/^(?:general|tokenizer)\./.test(key) || own.test(key)) continue;
      const value = reader.metadata.get(key);
      if (value === undefined) continue;
      if (value.type !== "array") kept.set(key, value);
      else if (value.itemType !== "bool") {
        const { itemType } = value;
        const items = (itemType === "string" ? await reader.texts(key) : await reader.numbers(key)) ?? [];
        const isBig = itemType === "u64" || itemType === "i64";
        kept.set(key, { type: "array", itemType, items: isBig ? items.map(BigInt) : items });
      }
    }
    return kept;
  } finally {
    await reader.close();
  }
}
