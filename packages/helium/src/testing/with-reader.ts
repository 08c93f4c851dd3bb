import type { CheckpointReader } from "@helium-lm/nn";
import type { ModelSource } from "../sources/index.ts";

/** The same source, with some methods of the weights' reader replaced. */
export function withReader(
  source: ModelSource,
  replaced: (reader: CheckpointReader) => Partial<CheckpointReader>,
): ModelSource {
  const openWeights = async (): Promise<CheckpointReader> => {
    const reader = await source.openWeights();
    return {
      names: () => reader.names(),
      has: (name) => reader.has(name),
      info: (name) => reader.info(name),
      readBytes: (name) => reader.readBytes(name),
      close: () => reader.close(),
      ...replaced(reader),
    };
  };
  return { ...source, openWeights };
}
