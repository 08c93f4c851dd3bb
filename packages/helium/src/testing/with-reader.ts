import type { CheckpointReader } from "@helium-lm/nn";
import type { ModelFiles } from "../hub/index.ts";

/** The same files, with some methods of the weights' reader replaced. */
export function withReader(
  files: ModelFiles,
  replaced: (reader: CheckpointReader) => Partial<CheckpointReader>,
): ModelFiles {
  const openWeights = async (): Promise<CheckpointReader> => {
    const reader = await files.openWeights();
    return {
      names: () => reader.names(),
      has: (name) => reader.has(name),
      info: (name) => reader.info(name),
      readBytes: (name) => reader.readBytes(name),
      close: () => reader.close(),
      ...replaced(reader),
    };
  };
  return { ...files, openWeights };
}
