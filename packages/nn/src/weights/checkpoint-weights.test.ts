import { beforeEach, describe, expect, test } from "vitest";
import {
  createBackend,
  decodeBf16,
  encodeBf16,
  QuantMatrix,
  Rng,
  tensor,
  type Backend,
  type KernelEntry,
} from "@helium-lm/tensor";
import { dequantize, quantize } from "@helium-lm/tensor/quant";
import { WeightsError } from "../errors.ts";
import { Embedding } from "../embedding.ts";
import {
  bytesSource,
  GgufFile,
  SafetensorsFile,
  writeGguf,
  writeSafetensors,
  type CheckpointReader,
} from "../io/index.ts";
import { Linear } from "../linear.ts";
import { splitRows } from "../mlp.ts";
import { MemoryWeights } from "./weight-source.ts";
import { CheckpointWeights } from "./checkpoint-weights.ts";

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
    expect(layer.weight).toMatchObject({ dtype: "bf16" });
    expect(layer.bias?.dtype).toBe("f32");
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

  test("a tensor of another rank is refused, and one that has no name here is not there", async () => {
    const weights = new CheckpointWeights(backend, await checkpoint(), {
      resolve: (path) => (path === "extra" ? null : path),
    });
    await expect(weights.get("layer.bias", [2, 1])).rejects.toThrow(WeightsError);
    await expect(weights.get("layer.weight", [2])).rejects.toThrow(WeightsError);
    expect(["extra", "layer.bias"].map((path) => weights.has(path))).toEqual([false, true]);
  });

  test("a missing tensor and another shape are errors that name both sides", async () => {
    const weights = new CheckpointWeights(backend, await checkpoint());
    await expect(weights.get("layer.scale", [2])).rejects.toThrow(
      /layer\.scale: is missing from the checkpoint \(3 tensors\); expected \[2\]/,
    );
    await expect(weights.get("layer.weight", [3, 2])).rejects.toThrow(
      /has shape \[2, 3\], but the model expects \[3, 2\]/,
    );
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
    await weights.abandon();
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

describe("quantised weights", () => {
  const rng = new Rng(6);
  const values = Float32Array.from({ length: 6 * 32 }, () => rng.normal());
  const blocks = quantize("q4_0", values, 32);
  const exact = dequantize("q4_0", blocks);

  async function quantised(): Promise<CheckpointReader> {
    const chunks: Uint8Array[] = [];
    await writeGguf(
      new Map(),
      [
        { name: "layer.weight", dtype: "q4_0", shape: [6, 32], bytes: blocks },
        { name: "layer.bias", dtype: "f32", shape: [6], bytes: new Uint8Array(new Float32Array(6).fill(0.5).buffer) },
      ],
      async (chunk) => void chunks.push(chunk.slice()),
    );
    return GgufFile.open(bytesSource(new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer())));
  }

  test("stay blocks in layers that multiply and look up", async () => {
    const bytes: number[] = [];
    const weights = new CheckpointWeights(backend, await quantised(), { onTensor: (event) => bytes.push(event.bytes) });
    const layer = await load(weights);
    expect(layer.weight).toBeInstanceOf(QuantMatrix);
    expect(layer.weight).toMatchObject({ format: "q4_0", shape: [6, 32] });
    expect(bytes).toEqual([6 * 18, 6 * 4]);
    expect(weights.report().unused).toEqual([]);
    using x = tensor(backend, values.slice(0, 64), { shape: [2, 32] });
    using y = layer.forward(x);
    const dense = new Linear(
      tensor(backend, exact, { shape: [6, 32] }),
      tensor(backend, new Float32Array(6).fill(0.5)),
    );
    using expected = dense.forward(x);
    expect(await y.data()).toEqual(await expected.data());
    dense.dispose();
  });

  test("a quantised embedding is looked up, and its tied head shares the blocks", async () => {
    const weights = new CheckpointWeights(backend, await quantised());
    const embedding = await Embedding.load(weights.at("layer"), 6, 32);
    const head = embedding.asLinear();
    expect(backend.memory()).toMatchObject({ handles: 1, bytes: 6 * 18 });
    using ids = tensor(backend, [[5, 0]], { dtype: "i32" });
    using rows = embedding.forward(ids);
    expect([...(await rows.data())]).toEqual([...exact.slice(5 * 32), ...exact.slice(0, 32)]);
    using half = embedding.forward(ids, "bf16");
    expect(half.dtype).toBe("bf16");
    embedding.dispose();
    using logits = head.forward(rows);
    expect(logits.shape).toEqual([1, 2, 6]);
    head.dispose();
  });

  test.each(["f32", "f16", "bf16"] as const)(
    "become %s on request, and f32 where a tensor is asked for",
    async (dtype) => {
      const weights = new CheckpointWeights(backend, await quantised(), { dtype });
      const layer = await load(weights);
      expect(layer.weight).toMatchObject({ dtype });
      using plain = await new CheckpointWeights(backend, await quantised()).get("layer.weight", [6, 32]);
      expect(plain.dtype).toBe("f32");
      expect(await plain.data()).toEqual(exact);
    },
  );

  test("become f32 on a backend that stores no blocks", async () => {
    const { gatherQuant, ...kernels } = backend.kernels;
    expect(gatherQuant).toBeDefined();
    Object.assign(backend, { kernels });
    const weights = new CheckpointWeights(backend, await quantised());
    const layer = await load(weights);
    expect(layer.weight).toMatchObject({ dtype: "f32" });
    expect(weights.report().slow).toEqual([{ path: "layer.weight", stored: "q4_0", kept: "f32", runs: "expanded" }]);
  });

  test.each([
    ["host", (entries: readonly KernelEntry<"quantMatmul">[]) => entries.map((entry) => ({ ...entry, path: "host" }))],
    ["composed", () => []],
  ] as const)("are named in the report where products run by %s", async (runs, change) => {
    const { quantMatmul = [], ...kernels } = backend.kernels;
    Object.assign(backend, { kernels: { ...kernels, quantMatmul: change(quantMatmul) } });
    const weights = new CheckpointWeights(backend, await quantised());
    await load(weights);
    expect(weights.report().slow).toEqual([{ path: "layer.weight", stored: "q4_0", kept: "q4_0", runs }]);
    const asked = new CheckpointWeights(backend, await quantised(), { dtype: "q8_0" });
    using matrix = await asked.getMatrix("layer.weight", [6, 32]);
    expect(matrix).toMatchObject({ format: "q8_0" });
    expect(asked.report().slow).toEqual([{ path: "layer.weight", stored: "q8_0", kept: "q8_0", runs }]);
    const dense = new CheckpointWeights(backend, await quantised(), { dtype: "f32" });
    using floats = await dense.getMatrix("layer.weight", [6, 32]);
    expect(floats).toMatchObject({ dtype: "f32" });
    expect(dense.report()).not.toHaveProperty("slow");
  });

  test("from memory come as views, dense where a tensor is asked for", async () => {
    using matrix = QuantMatrix.fromBlocks(backend, "q4_0", [6, 32], blocks);
    const weights = new MemoryWeights(new Map([["w", matrix]]));
    using shared = await weights.getMatrix("w", [6, 32]);
    expect(shared).toBeInstanceOf(QuantMatrix);
    using dense = await weights.get("w", [6, 32]);
    expect(await dense.data()).toEqual(exact);
    expect(backend.memory().handles).toBe(2);
    await expect(weights.getMatrix("w", [32, 6])).rejects.toThrow(/has shape \[6, 32\], expected \[32, 6\]/);
  });

  test("of another shape, and abandoned ones", async () => {
    const weights = new CheckpointWeights(backend, await quantised());
    await expect(weights.getMatrix("layer.weight", [32, 6])).rejects.toThrow(WeightsError);
    await weights.getMatrix("layer.weight", [6, 32]);
    await weights.abandon();
    expect(backend.memory().handles).toBe(0);
  });

  test("rows of a fused layer are layers on the same blocks", async () => {
    using x = tensor(backend, values.slice(0, 32), { shape: [1, 32] });
    const fused = await load(new CheckpointWeights(backend, await quantised()));
    using whole = fused.forward(x);
    const [first, second] = splitRows(fused, [2, 4]);
    expect(backend.memory().handles).toBe(4);
    using a = first.forward(x);
    using b = second.forward(x);
    expect([...(await a.data()), ...(await b.data())]).toEqual([...(await whole.data())]);
    first.dispose();
    second.dispose();
    expect(backend.memory().handles).toBe(4);
  });

  const load = (weights: CheckpointWeights): Promise<Linear> =>
    Linear.load(weights.at("layer"), { inFeatures: 32, outFeatures: 6, bias: true });
});

describe("quantising while reading", () => {
  const rng = new Rng(9);
  const wide = Float32Array.from({ length: 300 * 512 }, () => Math.fround(rng.normal()));
  const bf16 = (values: Float32Array): Uint16Array => Uint16Array.from(values, encodeBf16);
  const rounded = Float32Array.from(bf16(wide), decodeBf16);

  async function dense(): Promise<CheckpointReader> {
    const bytes = new Uint8Array(bf16(wide).buffer);
    const f32 = new Uint8Array(wide.slice(0, 2 * 48).buffer);
    const chunks: Uint8Array[] = [];
    await writeSafetensors(
      [
        { name: "a.weight", dtype: "bf16", shape: [300, 512], bytes },
        { name: "b.weight", dtype: "f32", shape: [2, 48], bytes: f32 },
        { name: "c.weight", dtype: "f32", shape: [3, 32], bytes: f32 },
        { name: "d.weight", dtype: "i32", shape: [3, 32], bytes: f32 },
      ],
      async (chunk) => void chunks.push(chunk.slice()),
    );
    return SafetensorsFile.open(bytesSource(new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer())));
  }

  test.each(["q4_0", "q8_0", "q4_K", "q6_K"] as const)(
    "%s: rows chunk by chunk, as the quantiser at once",
    async (dtype) => {
      const bytes: number[] = [];
      const weights = new CheckpointWeights(backend, await dense(), {
        dtype,
        onTensor: (event) => bytes.push(event.bytes),
      });
      using matrix = await weights.getMatrix("a.weight", [300, 512]);
      if (!(matrix instanceof QuantMatrix)) throw new Error("dense");
      expect(matrix.format).toBe(dtype);
      const blocks = await matrix.blocks();
      expect(blocks).toEqual(quantize(dtype, rounded, 512));
      expect(bytes).toEqual([blocks.length]);
      expect(weights.report()).not.toHaveProperty("fallbacks");
    },
  );

  test("formats by path, fallbacks in the report, an error where they are not wanted", async () => {
    const dtype = (path: string) => (path === "a.weight" ? "q6_K" : path === "b.weight" ? "q8_0" : "q4_K");
    const weights = new CheckpointWeights(backend, await dense(), { dtype });
    using a = await weights.getMatrix("a.weight", [300, 512]);
    using b = await weights.getMatrix("b.weight", [2, 48]);
    using c = await weights.getMatrix("c.weight", [3, 32]);
    expect([a, b, c].map((m) => (m instanceof QuantMatrix ? m.format : m.dtype))).toEqual(["q6_K", "bf16", "q5_0"]);
    expect(weights.report()).toEqual({
      missing: [],
      unused: ["d.weight"],
      fallbacks: [
        { path: "b.weight", wanted: "q8_0", used: "bf16" },
        { path: "c.weight", wanted: "q4_K", used: "q5_0" },
      ],
    });
    const strict = new CheckpointWeights(backend, await dense(), { dtype, strictDtype: true });
    await expect(strict.getMatrix("c.weight", [3, 32])).rejects.toThrow(/^q4_K: rows of 32 .* use q5_0 or bf16/);
  });

  test("tensors that are asked for dense keep the file's dtype; integers are refused", async () => {
    const weights = new CheckpointWeights(backend, await dense(), { dtype: "q8_0" });
    using a = await weights.get("a.weight", [300, 512]);
    expect(a.dtype).toBe("bf16");
    await expect(weights.getMatrix("d.weight", [3, 32])).rejects.toThrow(/d.weight: holds i32, which is not quantised/);
  });

  test("stops when it is told to, between two stretches of work", async () => {
    const controller = new AbortController();
    const weights = new CheckpointWeights(backend, await dense(), { dtype: "q4_0", signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(weights.getMatrix("a.weight", [300, 512])).rejects.toThrow("enough");
    expect(backend.memory().handles).toBe(0);
  });
});
