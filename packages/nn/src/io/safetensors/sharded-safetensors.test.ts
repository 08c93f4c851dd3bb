import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesSource, type ByteSource } from "../bytes/byte-source.ts";
import { ByteSourceError, SafetensorsError } from "../../errors.ts";
import { SafetensorsFile } from "./safetensors-reader.ts";
import { writeSafetensors } from "./safetensors-writer.ts";
import { ShardedSafetensors } from "./sharded-safetensors.ts";

const models = new URL("../../../../../fixtures/models/", import.meta.url);
const model = (path: string): Uint8Array => readFileSync(new URL(path, models));

/** Files by name in memory, counting those that are open. */
class Shelf {
  readonly #files: ReadonlyMap<string, Uint8Array>;
  open = 0;

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = files;
  }

  readonly source = async (name: string): Promise<ByteSource> => {
    const bytes = this.#files.get(name);
    if (!bytes) throw new ByteSourceError(name, "is not there");
    const source = bytesSource(bytes, name);
    this.open++;
    return { ...source, close: () => (this.open--, source.close()) };
  };
}

async function shelf(content: Readonly<Record<string, readonly string[]>>): Promise<Shelf> {
  const files = new Map<string, Uint8Array>();
  for (const [file, names] of Object.entries(content)) {
    const chunks: Uint8Array[] = [];
    const tensors = names.map((name) => ({ name, dtype: "u8" as const, shape: [1], bytes: Uint8Array.of(1) }));
    await writeSafetensors(tensors, async (chunk) => void chunks.push(chunk));
    files.set(file, Buffer.concat(chunks));
  }
  return new Shelf(files);
}

const index = (weightMap: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ metadata: {}, weight_map: weightMap });

describe("ShardedSafetensors", () => {
  it("reads the same tensors as the single file", async () => {
    const whole = await SafetensorsFile.open(bytesSource(model("helium/causal/model.safetensors")));
    const text = new TextDecoder().decode(model("helium-sharded/causal/model.safetensors.index.json"));
    const sharded = await ShardedSafetensors.open(text, async (name) =>
      bytesSource(model(`helium-sharded/causal/${name}`), name),
    );
    expect(sharded.shardNames()).toHaveLength(3);
    expect([...sharded.names()].sort()).toEqual([...whole.names()].sort());
    for (const name of whole.names()) {
      expect(sharded.info(name)).toEqual(whole.info(name));
      expect(await sharded.readBytes(name)).toEqual(await whole.readBytes(name));
    }
  });

  it("closes every shard, and names an unknown tensor", async () => {
    const files = await shelf({ "x.safetensors": ["a"], "y.safetensors": ["b"] });
    const sharded = await ShardedSafetensors.open(index({ a: "x.safetensors", b: "y.safetensors" }), files.source);
    expect(files.open).toBe(2);
    await expect(sharded.readBytes("c")).rejects.toThrow(
      /model.safetensors.index.json: lists no tensor "c"; it lists 2/,
    );
    await sharded.close();
    expect(files.open).toBe(0);
  });

  it("opens an index without tensors", async () => {
    const sharded = await ShardedSafetensors.open(index({}), () => Promise.reject(new Error("no shard")));
    expect(sharded.names()).toEqual([]);
  });

  it.each([
    "../x.safetensors",
    "..",
    "/etc/x.safetensors",
    "sub/x.safetensors",
    "sub\\x.safetensors",
    "C:x.safetensors",
    "https://host/x.safetensors",
    "file:x.safetensors",
    ".hidden.safetensors",
    "x.safetensors\u0000",
    "x\n.safetensors",
    "x.bin",
    ".safetensors",
    "",
    3,
    null,
    ["x.safetensors"],
  ])("refuses the shard name %j before opening anything", async (shard) => {
    const files = await shelf({ "x.safetensors": ["a"] });
    const attempt = ShardedSafetensors.open(index({ b: "x.safetensors", a: shard }), (name) => files.source(name));
    await expect(attempt).rejects.toBeInstanceOf(SafetensorsError);
    await expect(attempt).rejects.toThrow(/weight_map "a" must name a .safetensors file in the same folder/);
    expect(files.open).toBe(0);
  });

  it.each([
    ["not JSON", "{", /is not valid JSON/],
    ["a list", "[]", /needs an object weight_map/],
    ["no weight_map", '{"metadata":{}}', /needs an object weight_map/],
    ["a weight_map that is a list", '{"weight_map":[]}', /needs an object weight_map/],
    ["a tensor twice", '{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}', /"a" appears twice/],
    [
      "a missing shard",
      index({ a: "x.safetensors", c: "z.safetensors" }),
      /shard "z.safetensors" cannot be used: z.safetensors: is not there/,
    ],
    [
      "a tensor listed but absent",
      index({ a: "x.safetensors", c: "x.safetensors" }),
      /lists tensor "c" in "x.safetensors", which does not hold it/,
    ],
    [
      "a tensor present but not listed",
      index({ a: "x.safetensors", b: "y.safetensors" }),
      /does not list tensor "stray" for "y.safetensors"/,
    ],
    [
      "a tensor present in two shards",
      index({ a: "x.safetensors", s: "t.safetensors" }),
      /does not list tensor "a" for "t.safetensors"/,
    ],
  ])("refuses %s and closes what it opened", async (_, text, message) => {
    const files = await shelf({ "x.safetensors": ["a"], "y.safetensors": ["b", "stray"], "t.safetensors": ["s", "a"] });
    const attempt = ShardedSafetensors.open(text, files.source, "the.index.json");
    await expect(attempt).rejects.toBeInstanceOf(SafetensorsError);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toMatchObject({ subject: "the.index.json" });
    expect(files.open).toBe(0);
  });

  it("names the shard that is damaged, with the cause", async () => {
    const attempt = ShardedSafetensors.open(index({ a: "x.safetensors" }), async (name) =>
      bytesSource(new Uint8Array(3), name),
    );
    await expect(attempt).rejects.toThrow(/shard "x.safetensors" cannot be used: x.safetensors: has 3 bytes/);
    await expect(attempt).rejects.toMatchObject({ cause: expect.any(SafetensorsError) as Error });
  });

  it.each([
    ["shards", 5000, (n: number) => `"t${n}":"s${n}.safetensors"`, /names more than 4096 shards/],
    ["values", 300_000, (n: number) => `"${n}":{}`, /the document holds more than \d+ values/],
    ["tensors", 600_000, (n: number) => `"tensor.${n}":"s.safetensors"`, /holds more than 262144 values/],
  ])("refuses an index of too many %s before opening anything", async (_, count, line, message) => {
    let opens = 0;
    const text = `{"weight_map":{${Array.from({ length: count }, (_, n) => line(n)).join()}}}`;
    const attempt = ShardedSafetensors.open(text, () => Promise.reject(new Error(`opened ${++opens}`)));
    await expect(attempt).rejects.toBeInstanceOf(SafetensorsError);
    await expect(attempt).rejects.toThrow(message);
    expect(opens).toBe(0);
  });

  it("opens a few shards at a time, and none after one that fails", async () => {
    let opens = 0;
    const text = index(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`t${n}`, `s${n}.safetensors`])));
    const attempt = ShardedSafetensors.open(text, () => Promise.reject(new Error(`opened ${++opens}`)));
    await expect(attempt).rejects.toThrow(/shard "s0.safetensors" cannot be used: opened 1;?/);
    expect(opens).toBeLessThan(50);
  });
});
