import { basename } from "node:path";
import type { GgufList, GgufMetadataToWrite, GgufScalar } from "@helium-lm/nn";
import { openGguf } from "@helium-lm/nn/io/node";
import { isGgufLocation } from "../gguf/index.ts";
import type { ModelFiles } from "../hub/index.ts";

/** What a new file says for itself, or does not say in one piece. */
const own = /^general\.(?:architecture|alignment|file_type|quantization_version)$/;

/**
 * Name and tokenizer for a GGUF file: of another GGUF file all that it says about itself and its tokenizer, else the name
 * of the folder, tokenizer.json and the chat template.
 */
export async function ggufExtras(files: ModelFiles): Promise<GgufMetadataToWrite> {
  const { location } = files;
  if (isGgufLocation(location) && !/^https?:\/\//.test(location)) return metadataOf(location);
  const texts = {
    "general.name": basename(location.replace(/\/+$/, "")),
    "tokenizer.huggingface.json": await files.readText("tokenizer.json"),
    "tokenizer.chat_template": await files.readText("chat_template.jinja"),
  };
  return new Map(
    Object.entries(texts).flatMap(([key, value]): [string, GgufScalar][] =>
      value === null ? [] : [[key, { type: "string", value }]],
    ),
  );
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
