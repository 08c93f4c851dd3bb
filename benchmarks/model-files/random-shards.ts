import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DecoderConfig } from "@helium-lm/helium";
import { checkpointTensors } from "@helium-lm/helium/testing";
import { writeSafetensorsFolder } from "@helium-lm/nn/io/node";
import { encodeBf16, sizeOf } from "@helium-lm/tensor";
import { checkDisk } from "./check-disk.ts";
import { DrawnRuns } from "./drawn-runs.ts";

/** Spread of the weights, as in a freshly initialised model. */
const DEVIATION = 0.02;
const SHARD = 2e9;

/**
 * Writes `config.json` and sharded bf16 safetensors with random weights.
 *
 * @returns bytes of the weights
 * @throws HeliumLmError when the disk is too full
 */
export async function writeRandomShards(folder: string, json: Readonly<Record<string, unknown>>): Promise<number> {
  const tensors = checkpointTensors(DecoderConfig.fromJSON({ ...json }), "causal-lm");
  const bytes = tensors.reduce((sum, { shape }) => sum + 2 * sizeOf(shape), 0);
  mkdirSync(folder, { recursive: true });
  checkDisk(folder, bytes);
  writeFileSync(join(folder, "config.json"), `${JSON.stringify(json, null, 2)}\n`);
  const weights = new DrawnRuns(0, DEVIATION, encodeBf16);
  const norms = new DrawnRuns(1, DEVIATION, encodeBf16);
  await writeSafetensorsFolder(
    folder,
    tensors.map(({ name, shape, role }, n) => ({
      ...{ name, dtype: "bf16", shape },
      bytes: () => (role === "norm" ? norms : weights).take(n, sizeOf(shape)),
    })),
    { maxShardSize: SHARD },
  );
  return bytes;
}
