import { DecoderConfig } from "@helium-lm/helium";
import { exportGguf } from "@helium-lm/helium/gguf";
import { checkpointTensors } from "@helium-lm/helium/testing";
import { CheckpointError, type CheckpointReader, type TensorInfo } from "@helium-lm/nn";
import { writeGgufFile } from "@helium-lm/nn/io/node";
import { encodeF16, sizeOf } from "@helium-lm/tensor";
import { DrawnRuns } from "./drawn-runs.ts";
import { minimalVocabulary } from "./minimal-vocabulary.ts";

/**
 * Spread of the weights: with less, the f16 scales of scales in Q6_K would be subnormal numbers, which cost a slow
 * multiplication each.
 */
const DEVIATION = 0.1;

/** Writes a GGUF file with random f16 weights in the shape of a `config.json`; it appears when it is whole. */
export async function writeRandomGguf(path: string, json: Readonly<Record<string, unknown>>): Promise<void> {
  const config = DecoderConfig.fromJSON({ ...json });
  const metadata = minimalVocabulary(config.vocabSize);
  const model = await exportGguf(config, randomCheckpoint(config), { metadata });
  await writeGgufFile(path, model.metadata, model.tensors);
}

function randomCheckpoint(config: DecoderConfig): CheckpointReader {
  const weights = new DrawnRuns(0, DEVIATION, encodeF16);
  const norms = new DrawnRuns(1, DEVIATION, encodeF16);
  const tensors = new Map(checkpointTensors(config, "causal-lm").map((tensor, n) => [tensor.name, { ...tensor, n }]));
  const tensor = (name: string) => {
    const found = tensors.get(name);
    if (found) return found;
    throw new CheckpointError(name, "is not in the random checkpoint");
  };
  return {
    names: () => [...tensors.keys()],
    has: (name) => tensors.has(name),
    info: (name): TensorInfo => {
      const { shape } = tensor(name);
      return { name, dtype: "f16", shape, storedBytes: 2 * sizeOf(shape) };
    },
    readBytes: async (name) => {
      const { role, n, shape } = tensor(name);
      return Promise.resolve((role === "norm" ? norms : weights).take(n, sizeOf(shape)));
    },
    close: () => Promise.resolve(),
  };
}
