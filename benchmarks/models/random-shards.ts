import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DecoderConfig } from "@helium-lm/helium";
import { checkpointTensors, type CheckpointTensor } from "@helium-lm/helium/testing";
import type { TensorToWrite } from "@helium-lm/nn";
import { writeSafetensorsFolder } from "@helium-lm/nn/io/node";
import { encodeBf16, Rng, sizeOf } from "@helium-lm/tensor";
import { checkDisk } from "./check-disk.ts";

/** Numbers that are drawn; tensors are runs of them, each from a place of its own. */
const DRAWN = 2 ** 20;
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
  const weights = bf16(DRAWN, 0, DEVIATION);
  const norms = bf16(DRAWN, 1, DEVIATION);
  await writeSafetensorsFolder(
    folder,
    tensors.map((tensor, n) => stored(tensor, n, tensor.role === "norm" ? norms : weights)),
    { maxShardSize: SHARD },
  );
  return bytes;
}

function stored({ name, shape }: CheckpointTensor, n: number, drawn: Uint16Array): TensorToWrite {
  return {
    name,
    dtype: "bf16",
    shape,
    bytes: () => {
      const out = new Uint16Array(sizeOf(shape));
      for (let at = 0, from = (n * 7919) % DRAWN; at < out.length; at += DRAWN - from, from = 0)
        out.set(drawn.subarray(from, Math.min(DRAWN, from + out.length - at)), at);
      return new Uint8Array(out.buffer);
    },
  };
}

function bf16(count: number, mean: number, deviation: number): Uint16Array {
  const rng = new Rng(1);
  return Uint16Array.from({ length: count }, () => encodeBf16(mean + deviation * rng.normal()));
}
