import { basename } from "node:path";
import type { GgufList, GgufMetadataToWrite, GgufScalar } from "@helium-lm/nn";
import { openGguf } from "@helium-lm/nn/io/node";
import { ggufTokenizerMetadata, isGgufLocation, UnwritableTokenizerError } from "../gguf/index.ts";
import type { ModelFiles } from "../hub/index.ts";

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
export async function ggufExtras(files: ModelFiles, vocabSize: number): Promise<GgufExtras> {
  const { location } = files;
  if (isGgufLocation(location) && !/^https?:\/\//.test(location))
    return { metadata: await metadataOf(location), note: null };
  const texts = {
    "general.name": basename(location.replace(/\/+$/, "")),
    "tokenizer.huggingface.json": await files.readText("tokenizer.json"),
  };
  const named = Object.entries(texts).flatMap(([key, value]): [string, GgufScalar][] =>
    value === null ? [] : [[key, { type: "string", value }]],
  );
  const { metadata, note } = await tokenizerMetadata(files, vocabSize, texts["tokenizer.huggingface.json"]);
  return { metadata: new Map([...named, ...metadata]), note };
}

async function tokenizerMetadata(files: ModelFiles, vocabSize: number, json: string | null): Promise<GgufExtras> {
  const hasNone = json === null && ((await files.readBytes?.("tokenizer.model")) ?? null) === null;
  if (hasNone) return { metadata: new Map(), note: null };
  try {
    return { metadata: await ggufTokenizerMetadata(files, vocabSize), note: null };
  } catch (error) {
    if (!(error instanceof UnwritableTokenizerError)) throw error;
    return { metadata: new Map(), note: `llama.cpp will find no tokenizer in the file: ${error.message}` };
  }
}

async function metadataOf(path: string): Promise<GgufMetadataToWrite> {
  const reader = await openGguf(path);
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
