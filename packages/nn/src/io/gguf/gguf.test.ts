import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dequantize, quantize } from "@helium-lm/tensor/quant";
import { bytesSource, type ByteSource } from "../bytes/byte-source.ts";
import { ByteSourceError, CheckpointError } from "../../errors.ts";
import { SafetensorsFile } from "../safetensors/safetensors-reader.ts";
import {
  GgufError,
  GgufFile,
  writeGguf,
  type GgufList,
  type GgufMetadataToWrite,
  type GgufScalar,
  type GgufTensorToWrite,
} from "./index.ts";
import { openGguf, writeGgufFile } from "../node/node-gguf.ts";

const fixtures = new URL("../../../../../fixtures/", import.meta.url);
const names = ["llama-f32.gguf", "llama-q8_0.gguf", "llama-q4_0.gguf", "helium-as-llama-f32.gguf"];
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, fixtures)));
const openFixture = (name: string): Promise<GgufFile> => GgufFile.open(bytesSource(bytesOf(`quant/${name}`), name));

const written = async (metadata: GgufMetadataToWrite, tensors: readonly GgufTensorToWrite[]): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  await writeGguf(metadata, tensors, async (chunk) => void chunks.push(chunk.slice()));
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
};
const text = (value: string): GgufScalar => ({ type: "string", value });
const f32 = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

describe("files made by gguf-py", () => {
  it("reads metadata of every type they use", async () => {
    const { metadata, ...file } = await openFixture("llama-q4_0.gguf");
    expect(file).toMatchObject({ version: 3, alignment: 32 });
    expect(metadata.text("general.architecture")).toBe("llama");
    expect(metadata.number("llama.block_count")).toBe(2);
    expect(metadata.number("llama.attention.layer_norm_rms_epsilon")).toBe(Math.fround(1e-5));
    expect(metadata.flag("tokenizer.ggml.add_bos_token")).toBe(true);
    expect(metadata.number("no.such.key")).toBeUndefined();
    expect(metadata.array("tokenizer.ggml.tokens")).toMatchObject({ itemType: "string", length: 97 });
    expect(() => metadata.number("general.architecture")).toThrow(GgufError);
    expect(() => metadata.text("llama.block_count")).toThrow(/"llama.block_count" is u32 2; expected a string/);
    expect(() => metadata.flag("tokenizer.ggml.tokens")).toThrow(/is 97 × string; expected a bool/);
  });

  it("reads arrays when they are asked for", async () => {
    const file = await openFixture("llama-q4_0.gguf");
    const tokens = await file.texts("tokenizer.ggml.tokens");
    expect(tokens?.slice(0, 6)).toEqual(["<unk>", "<s>", "</s>", "<pad>", "▁t4", "▁t5"]);
    expect((await file.numbers("tokenizer.ggml.scores"))?.slice(3, 6)).toEqual([0, -4, -5]);
    expect((await file.numbers("tokenizer.ggml.token_type"))?.slice(0, 5)).toEqual([2, 3, 3, 3, 1]);
    expect(await file.numbers("no.such.key")).toBeUndefined();
    await expect(file.numbers("tokenizer.ggml.tokens")).rejects.toThrow(/holds 97 × string; expected numbers/);
    await expect(file.texts("tokenizer.ggml.scores")).rejects.toThrow(/holds 97 × f32; expected strings/);
  });

  it("holds the same weights as the checkpoint it was made from", async () => {
    const file = await openFixture("helium-as-llama-f32.gguf");
    const original = await SafetensorsFile.open(
      bytesSource(bytesOf("models/helium/causal/model.safetensors"), "model.safetensors"),
    );
    const pairs = [
      ["token_embd.weight", "model.embed_tokens.weight"],
      ["blk.1.attn_k.weight", "model.layers.1.self_attn.k_proj.weight"],
      ["blk.2.ffn_down.weight", "model.layers.2.mlp.down_proj.weight"],
      ["output_norm.weight", "model.norm.weight"],
      ["output.weight", "lm_head.weight"],
    ] as const;
    for (const [here, there] of pairs) {
      expect(file.info(here)).toMatchObject({ dtype: "f32", shape: original.info(there).shape });
      expect(await file.readBytes(here)).toEqual(await original.readBytes(there));
    }
    expect(file.names()).toHaveLength(original.names().length);
  });

  it.each([
    ["llama-q8_0.gguf", "q8_0"],
    ["llama-q4_0.gguf", "q4_0"],
  ] as const)("%s: gives blocks as they are", async (name, format) => {
    const [file, plain] = await Promise.all([openFixture(name), openFixture("llama-f32.gguf")]);
    for (const tensor of file.names()) {
      const info = file.info(tensor);
      expect(info.shape).toEqual(plain.info(tensor).shape);
      const exact = await plain.readBytes(tensor);
      if (info.shape.length < 2) {
        expect(await file.readBytes(tensor)).toEqual(exact);
        continue;
      }
      expect(info.dtype).toBe(format);
      const weights = new Float32Array(exact.buffer);
      const blocks = await file.readBytes(tensor);
      expect(blocks).toEqual(quantize(format, weights, info.shape[1] ?? 0, { method: "reference" }));
      expect(dequantize(format, blocks)).toHaveLength(weights.length);
    }
  });

  it.each(names)("%s: written again it is the same file", async (name) => {
    const file = await openFixture(name);
    const metadata = new Map<string, GgufScalar | GgufList>();
    for (const key of file.metadata.keys()) metadata.set(key, (await file.value(key)) ?? text(""));
    const tensors = file.names().map((tensor) => ({
      name: tensor,
      dtype: file.info(tensor).dtype as GgufTensorToWrite["dtype"],
      shape: file.info(tensor).shape,
      bytes: () => file.readBytes(tensor),
    }));
    expect(Buffer.compare(await written(metadata, tensors), bytesOf(`quant/${name}`))).toBe(0);
  });

  it("names what it has not, and closes", async () => {
    const file = await openFixture("llama-f32.gguf");
    expect(file.has("output.weight")).toBe(true);
    expect(() => file.info("nope")).toThrow(/^llama-f32.gguf: has no tensor "nope"; it holds 21/);
    await file.close();
    await file.close();
    await expect(file.readBytes("output.weight")).rejects.toThrow(ByteSourceError);
  });
});

describe("round trips", () => {
  const scalars = fc.oneof<fc.Arbitrary<GgufScalar>[]>(
    fc.integer({ min: 0, max: 255 }).map((value) => ({ type: "u8", value })),
    fc.integer({ min: -128, max: 127 }).map((value) => ({ type: "i8", value })),
    fc.integer({ min: 0, max: 65535 }).map((value) => ({ type: "u16", value })),
    fc.integer({ min: -32768, max: 32767 }).map((value) => ({ type: "i16", value })),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((value) => ({ type: "u32", value })),
    fc.integer().map((value) => ({ type: "i32", value })),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => ({ type: "u64", value })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ type: "i64", value })),
    fc.float().map((value) => ({ type: "f32", value })),
    fc.double().map((value) => ({ type: "f64", value })),
    fc.boolean().map((value) => ({ type: "bool", value })),
    fc.string({ unit: "binary" }).map((value) => ({ type: "string", value })),
  );
  const lists = fc.array(scalars, { maxLength: 6 }).map((items): GgufList => {
    const itemType = items[0]?.type ?? "string";
    return { type: "array", itemType, items: items.filter(({ type }) => type === itemType).map(({ value }) => value) };
  });
  const tensors = fc.array(
    fc.record({
      dtype: fc.constantFrom("f32" as const, "bf16" as const, "i8" as const, "q8_0" as const, "q4_K" as const),
      lead: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
      blocks: fc.integer({ min: 0, max: 2 }),
      seed: fc.nat(),
    }),
    { maxLength: 5 },
  );
  const widths = { f32: [1, 4], bf16: [1, 2], i8: [1, 1], q8_0: [32, 34], q4_K: [256, 144] } as const;

  it("any metadata and tensors come back", async () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: "binary", minLength: 1 }), fc.oneof(scalars, lists)), {
      selector: ([key]) => key,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(entries, tensors, fc.constantFrom(8, 32, 64), async (pairs, specs, alignment) => {
        const metadata = new Map<string, GgufScalar | GgufList>(pairs);
        if (alignment !== 32) metadata.set("general.alignment", { type: "u32", value: alignment });
        else metadata.delete("general.alignment");
        const list = specs.map(({ dtype, lead, blocks, seed }, n): GgufTensorToWrite => {
          const [size, bytes] = widths[dtype];
          const count = lead.reduce((product, length) => product * length, 1) * blocks * bytes;
          return {
            name: `t${n}`,
            dtype,
            shape: [...lead, blocks * size],
            bytes: Uint8Array.from({ length: count }, (_, i) => (i * 31 + seed) & 255),
          };
        });
        const file = await GgufFile.open(bytesSource(await written(metadata, list), "x.gguf"));
        expect(file.alignment).toBe(alignment);
        expect(file.metadata.keys()).toEqual([...metadata.keys()]);
        for (const [key, value] of metadata) expect(await file.value(key)).toEqual(value);
        for (const { name, dtype, shape, bytes } of list) {
          expect(file.info(name)).toEqual({ name, dtype, shape, storedBytes: (bytes as Uint8Array).length });
          expect(file.entry(name).begin % alignment).toBe(0);
          expect(await file.readBytes(name)).toEqual(bytes);
        }
      }),
      { seed: 4, numRuns: 60, endOnFailure: true },
    );
  });

  it("a head longer than one read is walked through, arrays passed over", async () => {
    const items = Array.from({ length: 60_000 }, (_, i) => `▁token${i}`);
    const numbers = Array.from({ length: 100_000 }, (_, i) => i / 2);
    const bytes = await written(
      new Map<string, GgufScalar | GgufList>([
        ["a.numbers", { type: "array", itemType: "f64", items: numbers }],
        ["tokens", { type: "array", itemType: "string", items }],
        ["text", text("x".repeat(300_000))],
      ]),
      [{ name: "w", dtype: "f32", shape: [2], bytes: f32(1, 2) }],
    );
    const reads: number[] = [];
    const inner = bytesSource(bytes, "big.gguf");
    const counting: ByteSource = {
      ...inner,
      read: (offset, length) => {
        reads.push(length);
        return inner.read(offset, length);
      },
    };
    const file = await GgufFile.open(counting);
    const headReads = reads.reduce((sum, length) => sum + length, 0);
    expect(headReads).toBeLessThan(bytes.length - 600_000);
    // One comparison each: vitest takes seconds over long arrays.
    expect((await file.texts("tokens"))?.join("\n") === items.join("\n")).toBe(true);
    expect((await file.numbers("a.numbers"))?.join() === numbers.join()).toBe(true);
    expect(file.metadata.text("text")).toHaveLength(300_000);
    expect(await file.readBytes("w")).toEqual(f32(1, 2));
  });

  it("texts that end with a read, go beyond it, or are empty", async () => {
    // Reads are of 64 KiB and then twice as many: lengths around those, and after each a run of short ones.
    for (const length of [65_400, 65_500, 65_536, 200_000]) {
      const items = ["", "x".repeat(length), ...Array.from({ length: 9_000 }, (_, i) => "y".repeat(i % 40)), ""];
      const bytes = await written(
        new Map<string, GgufScalar | GgufList>([["tokens", { type: "array", itemType: "string", items }]]),
        [{ name: "w", dtype: "f32", shape: [2], bytes: f32(1, 2) }],
      );
      const file = await GgufFile.open(bytesSource(bytes, "x.gguf"));
      expect((await file.texts("tokens"))?.join("\n") === items.join("\n")).toBe(true);
      expect(await file.readBytes("w")).toEqual(f32(1, 2));
    }
  });

  it("converts the plain types no tensor has, and refuses the block types it does not read", async () => {
    const bytes = await written(new Map(), [
      { name: "a", dtype: "i32", shape: [2], bytes: new Uint8Array(Int32Array.of(-7, 9).buffer) },
      { name: "b", dtype: "i8", shape: [8], bytes: new Uint8Array(8) },
    ]);
    // The type of "a" follows its name, rank and dimension: i32 (26) becomes i64 (27) with one element.
    const retyped = (type: number, length: number): Uint8Array => {
      const copy = bytes.slice();
      const view = new DataView(copy.buffer);
      view.setBigUint64(24 + 8 + 1 + 4, BigInt(length), true);
      view.setUint32(24 + 8 + 1 + 4 + 8, type, true);
      return copy;
    };
    const long = await GgufFile.open(bytesSource(retyped(27, 1), "x.gguf"));
    expect(long.info("a").dtype).toBe("i32");
    await expect(long.readBytes("a")).rejects.toThrow(/tensor "a" \(i64\): the value 42949672953 does not fit/);
    const short = await GgufFile.open(bytesSource(retyped(25, 4), "x.gguf"));
    expect(new Int32Array((await short.readBytes("a")).buffer)).toEqual(Int32Array.of(-7, -1, 9, 0));
    await expect(GgufFile.open(bytesSource(retyped(99, 2), "x.gguf"))).rejects.toThrow(/unknown block type 99/);
    const q8K = await written(new Map(), [{ name: "a", dtype: "q4_K", shape: [512], bytes: new Uint8Array(288) }]);
    new DataView(q8K.buffer).setBigUint64(24 + 8 + 1 + 4, 256n, true);
    new DataView(q8K.buffer).setUint32(24 + 8 + 1 + 4 + 8, 16, true);
    const odd = await GgufFile.open(bytesSource(q8K, "x.gguf"));
    expect(odd.info("a").dtype).toBe("iq2_xxs");
    await expect(odd.readBytes("a")).rejects.toThrow(/is stored as iq2_xxs, which is not supported/);
  });
});

describe("arrays far longer than a vocabulary", () => {
  /** A file of hundreds of megabytes with one array, as a sparse file on a disk would be. */
  const sparse = async (itemType: "u8" | "string", length: number, size: number): Promise<GgufFile> => {
    const head = new Uint8Array(1024);
    const key = "tokenizer.ggml.scores";
    const view = new DataView(head.buffer);
    head.set(new TextEncoder().encode("GGUF"));
    [3, 0, 0, 1, 0, key.length, 0].forEach((word, n) => view.setUint32(4 + 4 * n, word, true));
    head.set(new TextEncoder().encode(key), 32);
    [9, itemType === "u8" ? 0 : 8, length, 0].forEach((word, n) => view.setUint32(32 + key.length + 4 * n, word, true));
    return GgufFile.open({
      name: "sparse.gguf",
      size,
      read: async (offset, count) => {
        if (count > 2 ** 23) throw new Error(`reads ${count} bytes at once`);
        const bytes = new Uint8Array(count);
        bytes.set(head.subarray(offset, offset + count));
        return bytes;
      },
      close: async () => undefined,
    });
  };

  it.each(["u8", "string"] as const)("of %s are refused before they are read", async (itemType) => {
    const length = itemType === "u8" ? 300_000_000 : 5_000_000;
    const file = await sparse(itemType, length, 300_001_024);
    const key = "tokenizer.ggml.scores";
    const message = new RegExp(`holds ${length} × ${itemType}; expected at most 4194304 items`);
    await expect(file.value(key)).rejects.toThrow(message);
    await expect(itemType === "u8" ? file.numbers(key) : file.texts(key)).rejects.toThrow(message);
  });
});

describe("what cannot be written", () => {
  const tensor: GgufTensorToWrite = { name: "w", dtype: "f32", shape: [1], bytes: f32(1) };

  it.each<[string, RegExp, GgufMetadataToWrite, GgufTensorToWrite[]]>([
    ["a name twice", /appears twice; names must be unique/, new Map(), [tensor, tensor]],
    ["an empty name", /empty name/, new Map(), [{ ...tensor, name: "" }]],
    ["an empty key", /empty name/, new Map([["", text("x")]]), []],
    ["half a surrogate pair", /surrogate/, new Map([["k", text("\ud800")]]), []],
    ["a dtype GGUF has not", /is u32, which GGUF cannot store/, new Map(), [{ ...tensor, dtype: "u32" }]],
    ["the wrong number of bytes", /needs 4 bytes for f32 \[1\], given 8/, new Map(), [{ ...tensor, bytes: f32(1, 2) }]],
    ["five dimensions", /at most four/, new Map(), [{ ...tensor, shape: [1, 1, 1, 1, 1] }]],
    ["a fraction as a length", /whole numbers/, new Map(), [{ ...tensor, shape: [1.5] }]],
    ["a value out of range", /is 256, which is not a valid u8/, new Map([["k", { type: "u8", value: 256 }]]), []],
    ["a fraction as an integer", /is 0.5, which is not a valid i32/, new Map([["k", { type: "i32", value: 0.5 }]]), []],
    ["a string as a number", /is a string, expected u8/, new Map([["k", { type: "u8", value: "1" }]]), []],
    ["a number as a string", /is a number, expected string/, new Map([["k", { type: "string", value: 1 }]]), []],
    ["an odd alignment", /power of two/, new Map([["general.alignment", { type: "u32", value: 24 }]]), []],
  ])("%s", async (_, message, metadata, tensors) => {
    await expect(written(metadata, tensors)).rejects.toThrow(message);
    await expect(written(metadata, tensors)).rejects.toBeInstanceOf(GgufError);
  });

  it("rows that do not fill blocks", async () => {
    const ragged: GgufTensorToWrite = { name: "w", dtype: "q8_0", shape: [2, 33], bytes: new Uint8Array(0) };
    await expect(written(new Map(), [ragged])).rejects.toThrow(/rows of 33 weights do not fill blocks of 32/);
  });
});

// Flushing to a busy disk may take seconds.
describe("folders", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gguf-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const shard = (
    no: number,
    count: number,
    total: number,
    name: string,
  ): [GgufMetadataToWrite, GgufTensorToWrite[]] => [
    new Map<string, GgufScalar>([
      ["split.no", { type: "u16", value: no }],
      ["split.count", { type: "u16", value: count }],
      ["split.tensors.count", { type: "i32", value: total }],
      ...(no === 0 ? [["general.name", text("split model")] as const] : []),
    ]),
    [{ name, dtype: "f32", shape: [1], bytes: f32(no) }],
  ];
  const path = (n: number, of = 3): string => join(folder, `m-0000${n}-of-0000${of}.gguf`);

  it("a file appears only when it is whole", async () => {
    const file = join(folder, "x.gguf");
    const failing: GgufTensorToWrite = {
      name: "w",
      dtype: "f32",
      shape: [1],
      bytes: () => Promise.reject(new Error("gone")),
    };
    await expect(writeGgufFile(file, new Map(), [failing])).rejects.toThrow("gone");
    expect(await readdir(folder)).toEqual([]);
    await writeGgufFile(file, new Map(), [{ ...failing, bytes: f32(3) }]);
    expect(await readdir(folder)).toEqual(["x.gguf"]);
    const opened = await openGguf(file);
    expect(await opened.readBytes("w")).toEqual(f32(3));
    await opened.close();
  });

  it("split models are one", async () => {
    for (let n = 0; n < 3; n++) await writeGgufFile(path(n + 1), ...shard(n, 3, 3, `t${n}`));
    const model = await openGguf(path(1));
    expect(model.names()).toEqual(["t0", "t1", "t2"]);
    expect(model.metadata.text("general.name")).toBe("split model");
    expect(await model.readBytes("t2")).toEqual(f32(2));
    expect(model.info("t1")).toMatchObject({ dtype: "f32", shape: [1] });
    expect(() => model.info("t3")).toThrow(/have no tensor "t3"/);
    await model.close();
    await expect(openGguf(path(2))).rejects.toThrow(/is shard 2 of 3; name the first one/);
  });

  it.each<[string, RegExp, () => Promise<void>]>([
    ["a missing shard", /shard 3 of 3 cannot be used/, () => rm(path(3))],
    [
      "a swapped shard",
      /says it is shard 2 of 3, expected 3 of 3/,
      () => writeGgufFile(path(3), ...shard(1, 3, 3, "t2")),
    ],
    [
      "a tensor twice",
      /holds tensor "t0", which is also in another shard/,
      () => writeGgufFile(path(3), ...shard(2, 3, 3, "t0")),
    ],
    [
      "another count",
      /announces 4 tensors, but its shards hold 3/,
      () => writeGgufFile(path(1), ...shard(0, 3, 4, "t0")),
    ],
    ["a shard that is no GGUF", /shard 2 of 3 cannot be used/, () => writeFile(path(2), "nothing of the kind, really")],
    ["no end of shards", /claims 60000 shards/, () => writeGgufFile(path(1), ...shard(0, 60_000, 3, "t0"))],
  ])("%s is refused", async (_, message, damage) => {
    for (let n = 0; n < 3; n++) await writeGgufFile(path(n + 1), ...shard(n, 3, 3, `t${n}`));
    await damage();
    await expect(openGguf(path(1))).rejects.toThrow(message);
    await expect(openGguf(path(1))).rejects.toBeInstanceOf(CheckpointError);
  });

  it("a renamed first shard is asked for its name", async () => {
    const odd = join(folder, "renamed.gguf");
    await writeGgufFile(odd, ...shard(0, 2, 2, "t0"));
    await expect(openGguf(odd)).rejects.toThrow(/its name does not end in -00001-of-00002\.gguf; rename it/);
  });
});
