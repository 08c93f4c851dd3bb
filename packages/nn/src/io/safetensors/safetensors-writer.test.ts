import { readFileSync } from "node:fs";
import { dtypeNames, dtypes, type DType } from "@helium-lm/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../bytes/byte-source.ts";
import type { CheckpointReader } from "../checkpoint-reader.ts";
import { SafetensorsError } from "../../errors.ts";
import { SafetensorsFile } from "./safetensors-reader.ts";
import { writeSafetensors, type SafetensorsWriteOptions, type TensorToWrite } from "./safetensors-writer.ts";
import { ShardedSafetensors } from "./sharded-safetensors.ts";
import { writeShardedSafetensors, type ShardedWriteOptions } from "./sharded-writer.ts";

const models = new URL("../../../../../fixtures/models/", import.meta.url);
const model = (path: string): Uint8Array => readFileSync(new URL(path, models));

const joined = (chunks: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(chunks));

async function written(tensors: Iterable<TensorToWrite>, options?: SafetensorsWriteOptions): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const count = await writeSafetensors(tensors, async (chunk) => void chunks.push(chunk), options);
  expect(count).toBe(joined(chunks).length);
  return joined(chunks);
}

async function writtenShards(
  tensors: Iterable<TensorToWrite>,
  options: ShardedWriteOptions,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array[]>();
  const names = await writeShardedSafetensors(
    tensors,
    async (fileName) => {
      const chunks: Uint8Array[] = [];
      files.set(fileName, chunks);
      return async (chunk) => void chunks.push(chunk);
    },
    options,
  );
  expect(names).toEqual([...files.keys()]);
  return new Map([...files].map(([name, chunks]) => [name, joined(chunks)]));
}

const asTensors = (reader: CheckpointReader, names = reader.names()): TensorToWrite[] =>
  names.map((name) => {
    const { dtype, shape } = reader.info(name);
    return { name, dtype: dtype as DType, shape, bytes: () => reader.readBytes(name) };
  });

const arbitraryTensor = fc
  .record({
    name: fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.constantFrom("__proto__", "constructor", "", '"', "é\u0000"),
    ),
    dtype: fc.constantFrom(...dtypeNames),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    seed: fc.nat(255),
  })
  .map(({ name, dtype, shape, seed }): TensorToWrite & { bytes: Uint8Array } => {
    const length = shape.reduce((a, b) => a * b, 1) * dtypes[dtype].bytes;
    const bytes = Uint8Array.from({ length }, (_, i) => (dtype === "bool" ? (seed + i) & 1 : (seed + 37 * i) & 255));
    return { name, dtype, shape, bytes };
  })
  .filter(({ name }) => name !== "__metadata__");

const arbitraryTensors = fc.uniqueArray(arbitraryTensor, { selector: ({ name }) => name, maxLength: 8 });

async function expectSame(
  reader: CheckpointReader,
  tensors: readonly (TensorToWrite & { bytes: Uint8Array })[],
): Promise<void> {
  expect(new Set(reader.names())).toEqual(new Set(tensors.map(({ name }) => name)));
  for (const { name, dtype, shape, bytes } of tensors) {
    expect(reader.info(name)).toEqual({ name, dtype, shape, storedBytes: bytes.length });
    expect(await reader.readBytes(name)).toEqual(bytes);
  }
}

describe("writeSafetensors", () => {
  it.each(["helium/causal", "helium-bf16/causal", "helium/token", "gemma2/causal"])(
    "writes %s byte for byte as the safetensors library does",
    async (path) => {
      const original = model(`${path}/model.safetensors`);
      const file = await SafetensorsFile.open(bytesSource(original));
      expect(await written(asTensors(file).reverse())).toEqual(new Uint8Array(original));
    },
  );

  it("is undone by reading, and aligns every tensor", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTensors, async (tensors) => {
        const file = await SafetensorsFile.open(bytesSource(await written(tensors)));
        expect([...file.metadata]).toEqual([["format", "pt"]]);
        await expectSame(file, tensors);
        for (const { name, dtype } of tensors) expect(file.entry(name).begin % dtypes[dtype].bytes).toBe(0);
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it("writes an empty file and own metadata", async () => {
    const file = await SafetensorsFile.open(bytesSource(await written([], { metadata: { a: "1", ünï: "\n" } })));
    expect(file.names()).toEqual([]);
    expect([...file.metadata]).toEqual([
      ["a", "1"],
      ["ünï", "\n"],
    ]);
  });

  it("asks for one tensor's bytes at a time, when their turn comes", async () => {
    const order: string[] = [];
    const tensors = ["b", "a"].map((name): TensorToWrite => ({
      name,
      dtype: "u8",
      shape: [1],
      bytes: () => {
        order.push(`ask ${name}`);
        return Uint8Array.of(7);
      },
    }));
    await writeSafetensors(tensors, async (chunk) => void order.push(`write ${chunk.length === 1 ? 1 : "header"}`));
    expect(order).toEqual(["write header", "ask a", "write 1", "ask b", "write 1"]);
  });

  const u8: TensorToWrite = { name: "a", dtype: "u8", shape: [1], bytes: Uint8Array.of(1) };
  it.each([
    ["a name twice", [u8, u8], /tensor "a": appears twice; names must be unique/],
    ["the metadata key", [{ ...u8, name: "__metadata__" }], /format's own key/],
    ["too few bytes", [{ ...u8, shape: [2] }], /tensor "a": needs 2 bytes for u8 \[2\], given 1/],
    ["a fraction in a shape", [{ ...u8, shape: [0.5] }], /has shape \[0.5\]/],
    ["a negative shape", [{ ...u8, shape: [-1, -1] }], /has shape \[-1, -1\]/],
    ["a shape beyond 2^53", [{ ...u8, shape: [2 ** 30, 2 ** 30] }], /has shape/],
    ["half a surrogate pair", [{ ...u8, name: "\ud800" }], /surrogate/],
  ])("refuses %s", async (_, tensors, message) => {
    const attempt = written(tensors);
    await expect(attempt).rejects.toBeInstanceOf(SafetensorsError);
    await expect(attempt).rejects.toThrow(message);
  });
});

describe("writeShardedSafetensors", () => {
  const layer = (l: number): string[] => [
    ...["q", "k", "v", "o"].map((p) => `model.layers.${l}.self_attn.${p}_proj.weight`),
    ...["gate", "up", "down"].map((p) => `model.layers.${l}.mlp.${p}_proj.weight`),
    ...["input", "post_attention"].map((p) => `model.layers.${l}.${p}_layernorm.weight`),
  ];
  const stateDictOrder = [
    "model.embed_tokens.weight",
    ...[0, 1, 2].flatMap(layer),
    "model.norm.weight",
    "lm_head.weight",
  ];

  it("writes the shards and the index that transformers writes", async () => {
    const file = await SafetensorsFile.open(bytesSource(model("helium/causal/model.safetensors")));
    const files = await writtenShards(asTensors(file, stateDictOrder), { maxShardSize: 111_168 });
    expect([...files.keys()]).toHaveLength(4);
    for (const [name, bytes] of files) {
      const original = model(`helium-sharded/causal/${name}`);
      if (name.endsWith(".json")) {
        expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(JSON.parse(new TextDecoder().decode(original)));
      } else {
        expect(bytes, name).toEqual(new Uint8Array(original));
      }
    }
  });

  it("is undone by reading, whatever the shard size", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTensors, fc.integer({ min: 1, max: 600 }), async (tensors, maxShardSize) => {
        const files = await writtenShards(tensors, { maxShardSize });
        const openShard = (name: string) => Promise.resolve(bytesSource(files.get(name)!, name));
        const index = files.get("model.safetensors.index.json");
        const reader = index
          ? await ShardedSafetensors.open(new TextDecoder().decode(index), openShard)
          : await SafetensorsFile.open(await openShard("model.safetensors"));
        await expectSame(reader, tensors);
        const total = tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
        if (index === undefined) return;
        expect(total).toBeGreaterThan(maxShardSize);
        expect(JSON.parse(new TextDecoder().decode(index))).toMatchObject({ metadata: { total_size: total } });
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  it("gives a tensor larger than a shard a file of its own", async () => {
    const tensor = (name: string, size: number): TensorToWrite => ({
      name,
      dtype: "u8",
      shape: [size],
      bytes: new Uint8Array(size),
    });
    const files = await writtenShards([tensor("a", 2), tensor("b", 9), tensor("c", 2), tensor("d", 2)], {
      maxShardSize: 4,
    });
    expect([...files.keys()]).toEqual([
      "model-00001-of-00003.safetensors",
      "model-00002-of-00003.safetensors",
      "model-00003-of-00003.safetensors",
      "model.safetensors.index.json",
    ]);
  });

  it("refuses a name in two shards before anything is written", async () => {
    const tensor: TensorToWrite = { name: "a", dtype: "u8", shape: [2], bytes: new Uint8Array(2) };
    let opened = 0;
    const attempt = writeShardedSafetensors(
      [tensor, tensor],
      async () => {
        opened++;
        return async () => {};
      },
      { maxShardSize: 2 },
    );
    await expect(attempt).rejects.toThrow(/"a": appears twice; names must be unique/);
    expect(opened).toBe(0);
  });

  it("refuses unknown options with the nearest name, before anything is written", async () => {
    const single = writeSafetensors([], async () => expect.unreachable(), { meta: {} } as object);
    await expect(single).rejects.toThrow(/^meta: is not an option of writeSafetensors; did you mean metadata\?/);
    const sharded = writeShardedSafetensors([], () => expect.unreachable(), { max_shard_size: 5 } as object);
    await expect(sharded).rejects.toThrow(
      /^max_shard_size: is not an option of writeShardedSafetensors; did you mean maxShardSize\?/,
    );
  });

  it.each([0, -1, NaN])("refuses a shard size of %s", async (maxShardSize) => {
    await expect(writtenShards([], { maxShardSize })).rejects.toThrow(
      /^maxShardSize: must be a number of bytes above 0/,
    );
  });
});
