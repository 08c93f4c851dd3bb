import { GgufMetadata, type GgufMetadataToWrite, type GgufScalar } from "@helium-lm/nn";
import type { MetadataReader } from "./ggml-vocabulary.ts";

/** Metadata that is not in a file yet, as a reader. */
export function inMemoryMetadata(name: string, values: GgufMetadataToWrite): MetadataReader {
  const scalars = [...values].filter((entry): entry is [string, GgufScalar] => entry[1].type !== "array");
  const items = (key: string): readonly GgufScalar["value"][] | undefined => {
    const value = values.get(key);
    return value?.type === "array" ? value.items : undefined;
  };
  return {
    name,
    metadata: new GgufMetadata(name, new Map(scalars)),
    texts: async (key) => items(key)?.map(String),
    numbers: async (key) => items(key)?.map(Number),
  };
}
