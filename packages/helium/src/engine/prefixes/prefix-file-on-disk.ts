import { nodeModule } from "@helium-lm/tensor";
import type * as FileSystem from "node:fs/promises";
import type { InferenceEngine } from "../inference/inference-engine.ts";
import type { LoadedPrefixes } from "./load-prefixes.ts";
import type { SavePrefixesOptions } from "./save-prefixes.ts";

/**
 * Writes the starts of texts that an engine keeps to a file, which appears under its name only when it is whole. Where none are
 * kept, what is there stays. Node only.
 *
 * @returns bytes of the file; 0: nothing was written
 * @throws ByteSourceError where it cannot be written; NodeOnlyError in a page; what `savePrefixes` throws
 * @example
 * using engine = await createInferenceEngine("models/helium-nano", { backend: "cpu" });
 * await engine.submit({ inputIds: tokenizer.encode("Once upon a time. ".repeat(20)), maxNewTokens: 1 }).result;
 * await savePrefixFile(engine, path);
 * console.log((await loadPrefixFile(engine, path)).leftOut); // 0
 */
export async function savePrefixFile(
  engine: Pick<InferenceEngine, "savePrefixes">,
  path: string,
  options?: SavePrefixesOptions,
): Promise<number> {
  const { writeFileAtomically } = await import("@helium-lm/nn/io/node");
  const parts = await engine.savePrefixes(options);
  if (parts.length === 0) return 0;
  await writeFileAtomically(path, async (write) => {
    for (const part of parts) await write(part);
  });
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/**
 * Lets an engine take over a file of `savePrefixFile`. Node only.
 *
 * @returns what was taken over; null where there is no file
 * @throws PrefixFileError, and then nothing is taken; what reading the file throws; NodeOnlyError in a page
 */
export async function loadPrefixFile(
  engine: Pick<InferenceEngine, "loadPrefixes">,
  path: string,
): Promise<LoadedPrefixes | null> {
  const { readFile } = await nodeModule<typeof FileSystem>("fs/promises");
  try {
    return await engine.loadPrefixes(await readFile(path));
  } catch (error) {
    if ((error as { readonly code?: unknown } | null)?.code === "ENOENT") return null;
    throw error;
  }
}
