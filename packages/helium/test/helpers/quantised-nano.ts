import { fileURLToPath } from "node:url";
import { ggufSource, loadConfig, modelSource, type ModelSource } from "@helium-lm/helium";
import { exportGguf } from "@helium-lm/helium/gguf";
import { bytesSource, writeGguf } from "@helium-lm/nn";
import type { QuantFormatName } from "@helium-lm/tensor";

export const nanoFolder = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));

/** helium-nano as a GGUF file in memory: quantised once, since that takes longer than most tests. */
export async function quantised(dtype: QuantFormatName): Promise<ModelSource> {
  const files = await modelSource(nanoFolder);
  const reader = await files.openWeights();
  const { metadata, tensors } = await exportGguf(await loadConfig(files), reader, { dtype, method: "reference" });
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  await writeGguf(metadata, tensors, async (chunk) => void chunks.push(chunk.slice()));
  await reader.close();
  return ggufSource(bytesSource(await new Blob(chunks).arrayBuffer(), `${dtype}.gguf`));
}
