import { beforeEach, describe, expect, test } from "vitest";
import { createBackend, tensor, type Backend } from "@helium-lm/tensor";
import { WeightsError } from "./errors.ts";
import { Embedding } from "./embedding.ts";
import { bytesSource, SafetensorsFile, writeSafetensors, type CheckpointReader } from "./io/index.ts";
import { Linear } from "./linear.ts";
import { CheckpointWeights, MemoryWeights } from "./weights.ts";

let backend: Backend;
beforeEach(async () => {
  backend = await createBackend("cpu");
});

async function checkpoint(): Promise<CheckpointReader> {
  const chunks: Uint8Array[] = [];
  const f32 = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
  const bf16 = (...bits: number[]): Uint8Array => new Uint8Array(Uint16Array.from(bits).buffer);
  await writeSafetensors(
    [
      {
        name: "layer.weight",
        dtype: "bf16",
        shape: [2, 3],
        bytes: bf16(0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0, 0x40c0),
      },
      { name: "layer.bias", dtype: "bf16", shape: [2], bytes: bf16(0x3f00, 0xbf80) },
      { name: "extra", dtype: "f32", shape: [1], bytes: f32(1) },
    ],
    (chunk) => {
      chunks.push(chunk.slice());
      return Promise.resolve();
    },
  );
  return SafetensorsFile.open(bytesSource(new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer())));
}

describe("CheckpointWeights", () => {
  test("matrices keep the file's dtype, vectors become f32, and the rest is reported", async () => {
    const weights = new CheckpointWeights(backend, await checkpoint());
    const layer = await Linear.load(weights.at("layer"), { inFeatures: 3, outFeatures: 2, bias: true });
    expect([layer.weight.dtype, layer.bias?.dtype]).toEqual(["bf16", "f32"]);
    const x = tensor(backend, [[1, 0, -1]]);
    const y = layer.forward(x);
    expect(await y.toArray()).toEqual([[-1.5, -3]]);
    expect(weights.report()).toEqual({ missing: [], unused: ["extra"] });
    for (const t of [x, y, layer]) t.dispose();
    expect(backend.memory().handles).toBe(0);
  });

  test.each(["f32", "f16", "bf16"] as const)("stores matrices as %s on request", async (dtype) => {
    const weights = new CheckpointWeights(backend, await checkpoint(), { dtype });
    using weight = await weights.get("layer.weight", [2, 3]);
    expect(weight.dtype).toBe(dtype);
    expect([...(await weight.data())]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("a missing tensor and another shape are errors that name both sides", async () => {
    const weights = new CheckpointWeights(backend, await checkpoint());
    await expect(weights.get("layer.scale", [2])).rejects.toThrow(
      /layer\.scale: is missing from the checkpoint \(3 tensors\); expected \[2\]/,
    );
    await expect(weights.get("layer.weight", [3, 2])).rejects.toThrow(/has shape \[2, 3\], the model expects \[3, 2\]/);
    await expect(weights.get("layer.weight", [3, 2])).rejects.toBeInstanceOf(WeightsError);
    expect(backend.memory().handles).toBe(0);
  });

  test("fresh tensors are seeded: normal matrices, zero vectors", async () => {
    const fresh = { accepts: (path: string) => path.startsWith("head."), std: 0.02, seed: 5 };
    const draw = async (): Promise<number[]> => {
      const weights = new CheckpointWeights(backend, await checkpoint(), { fresh });
      using matrix = await weights.get("head.weight", [40, 50]);
      using vector = await weights.get("head.bias", [3]);
      expect([...(await vector.data())]).toEqual([0, 0, 0]);
      expect(weights.report().missing).toEqual(["head.weight", "head.bias"]);
      return [...(await matrix.data())];
    };
    const values = await draw();
    expect(await draw()).toEqual(values);
    const std = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
    expect(std).toBeGreaterThan(0.018);
    expect(std).toBeLessThan(0.022);
  });

  test("abandon frees everything given so far", async () => {
    const weights = new CheckpointWeights(backend, await checkpoint());
    await weights.get("layer.weight", [2, 3]);
    await weights.get("layer.bias", [2]);
    weights.abandon();
    expect(backend.memory().handles).toBe(0);
  });
});

test("a tied head shares the embedding's storage", async () => {
  const table = tensor(backend, [
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const embedding = await Embedding.load(new MemoryWeights(new Map([["weight", table]])), 3, 2);
  const head = embedding.asLinear();
  expect(backend.memory().handles).toBe(1);
  const ids = tensor(backend, [[2, 0]], { dtype: "i32" });
  const rows = embedding.forward(ids);
  const logits = head.forward(rows);
  expect(await rows.toArray()).toEqual([
    [
      [5, 6],
      [1, 2],
    ],
  ]);
  expect(await logits.toArray()).toEqual([
    [
      [17, 39, 61],
      [5, 11, 17],
    ],
  ]);
  for (const t of [table, embedding, head, ids, rows, logits]) t.dispose();
  expect(backend.memory().handles).toBe(0);
});

test("memory weights check paths and shapes", async () => {
  using table = tensor(backend, [[1, 2]]);
  const weights = new MemoryWeights(new Map([["a.b.weight", table]]));
  expect(weights.at("a").at("b").has("weight")).toBe(true);
  await expect(weights.at("a").get("weight", [1])).rejects.toThrow(/a\.weight: is missing/);
  await expect(weights.get("a.b.weight", [2, 1])).rejects.toThrow(/has shape \[1, 2\], expected \[2, 1\]/);
});
