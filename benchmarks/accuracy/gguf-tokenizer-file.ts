import type { GgufList, GgufMetadataToWrite, GgufScalar } from "@helium-lm/nn";
import { openGguf } from "@helium-lm/nn/io/node";

/** All that a GGUF file says about its tokenizer, and how many tokens that has. */
export async function tokenizerMetadataOf(
  path: string,
): Promise<{ readonly metadata: GgufMetadataToWrite; readonly tokens: number }> {
  const file = await openGguf(path);
  try {
    const metadata = new Map<string, GgufScalar | GgufList>();
    for (const key of file.metadata.keys().filter((name) => name.startsWith("tokenizer."))) {
      const value = file.metadata.get(key);
      if (value === undefined) continue;
      if (value.type !== "array") metadata.set(key, value);
      else {
        const { itemType } = value;
        const items = (itemType === "string" ? await file.texts(key) : await file.numbers(key)) ?? [];
        metadata.set(key, { type: "array", itemType, items });
      }
    }
    return { metadata, tokens: file.metadata.array("tokenizer.ggml.tokens")?.length ?? 0 };
  } finally {
    await file.close();
  }
}
