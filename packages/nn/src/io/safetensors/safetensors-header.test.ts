import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../bytes/byte-source.ts";
import { SafetensorsError } from "../../errors.ts";
import { headerLength } from "./safetensors-header.ts";
import { SafetensorsFile } from "./safetensors-reader.ts";

interface Case {
  readonly file: string;
  readonly valid: boolean;
  readonly why: string;
  readonly reference: { readonly tensors?: Readonly<Record<string, readonly [string, readonly number[]]>> };
}

const folder = new URL("../../../../../fixtures/safetensors/", import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL("cases.json", folder), "utf8")) as { cases: readonly Case[] };
const openFixture = (file: string): Promise<SafetensorsFile> =>
  SafetensorsFile.open(bytesSource(readFileSync(new URL(file, folder)), file));

/** A file with the given header and as many zero bytes of data. */
function craft(header: string, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

describe("safetensors fixtures", () => {
  it("has all 33", () => expect(cases).toHaveLength(33));

  it.each(cases.filter((c) => c.valid))("accepts $file: $why", async ({ file, reference }) => {
    const opened = await openFixture(file);
    const found = opened.names().map((name) => [name, [opened.entry(name).stored, opened.entry(name).shape]]);
    expect(new Map(found as [string, unknown][])).toEqual(new Map(Object.entries(reference.tensors ?? {})));
    for (const name of opened.names()) await opened.readBytes(name);
  });

  it.each(cases.filter((c) => !c.valid))("refuses $file: $why", async ({ file }) => {
    const attempt = openFixture(file);
    await expect(attempt).rejects.toBeInstanceOf(SafetensorsError);
    await expect(attempt).rejects.toMatchObject({
      subject: file,
      message: expect.stringMatching(`^${file}: `) as string,
    });
  });

  it("reads the values", async () => {
    const basic = await openFixture("ok_basic.safetensors");
    expect(basic.metadata.size).toBeGreaterThan(0);
    expect([...new Float32Array((await basic.readBytes("a")).buffer)]).toEqual([1, 2, 3, 4]);
    const unaligned = await openFixture("ok_unaligned.safetensors");
    expect(unaligned.entry("f").begin % 4).not.toBe(0);
    expect(new Float32Array((await unaligned.readBytes("f")).buffer)).toHaveLength(1);
    const many = await openFixture("ok_many_dtypes.safetensors");
    expect(many.names().map((name) => many.info(name).dtype)).toEqual(["bf16", "f16", "i32", "u8", "bool"]);
    expect([...new Uint16Array((await many.readBytes("b")).buffer)]).toEqual([0x3f80, 0xc000]);
    expect([...new Uint16Array((await many.readBytes("h")).buffer)]).toEqual([0x3c00, 0xc000]);
    expect([...new Int32Array((await many.readBytes("i")).buffer)]).toEqual([-7]);
    expect([...(await many.readBytes("u"))]).toEqual([1, 2, 3]);
    expect([...(await many.readBytes("t"))]).toEqual([1]);
    const scalar = await openFixture("ok_empty_and_scalar.safetensors");
    expect(await scalar.readBytes("e")).toHaveLength(0);
    expect([...new Float32Array((await scalar.readBytes("s")).buffer)]).toEqual([2.5]);
  });

  it("keeps prototype names as ordinary keys", async () => {
    expect((await openFixture("proto_key.safetensors")).names()).toEqual(["__proto__"]);
    const { metadata } = await openFixture("proto_metadata.safetensors");
    expect([...metadata]).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });
});

describe("safetensors header", () => {
  const one = (fields: string): string => `{"a":{${fields}}}`;
  const f32 = '"dtype":"F32"';
  it.each([
    ["a repeated metadata key", '{"__metadata__":{"k":"1","k":"2"}}', 0, /"k" appears twice/],
    ["a repeated field", one(`${f32},${f32},"shape":[],"data_offsets":[0,4]`), 4, /"dtype" appears twice/],
    ["metadata null", '{"__metadata__":null}', 0, /__metadata__ must be a JSON object/],
    ["an entry that is a list", '{"a":[]}', 0, /"a" must be a JSON object/],
    ["no dtype", one('"shape":[],"data_offsets":[0,4]'), 4, /"a" has no dtype/],
    [
      "a dtype named like an object member",
      one('"dtype":"constructor","shape":[],"data_offsets":[0,4]'),
      4,
      /unknown dtype/,
    ],
    ["a lower-case dtype", one('"dtype":"f32","shape":[],"data_offsets":[0,4]'), 4, /unknown dtype "f32"/],
    ["no shape", one(`${f32},"data_offsets":[0,4]`), 4, /needs a shape/],
    ["a shape of -0", one(`${f32},"shape":[-0],"data_offsets":[0,0]`), 0, /needs a shape/],
    ["a shape of 1.0", one(`${f32},"shape":[1.0],"data_offsets":[0,4]`), 4, /needs a shape/],
    ["a shape of 1e0", one(`${f32},"shape":[1e0],"data_offsets":[0,4]`), 4, /needs a shape/],
    ["a shape beyond 2^53", one(`${f32},"shape":[0,9007199254740993],"data_offsets":[0,0]`), 0, /needs a shape/],
    [
      "a product beyond 2^53 hidden by a 0",
      one(`${f32},"shape":[2147483648,2147483648,0],"data_offsets":[0,0]`),
      0,
      /too large/,
    ],
    ["one offset", one(`${f32},"shape":[],"data_offsets":[0]`), 4, /two data_offsets, given 1/],
    ["three offsets", one(`${f32},"shape":[],"data_offsets":[0,4,8]`), 4, /two data_offsets, given 3/],
    [
      "offsets beyond 2^53",
      one(`${f32},"shape":[],"data_offsets":[18446744073709551612,18446744073709551616]`),
      4,
      /data_offsets/,
    ],
    [
      "huge offsets",
      one(`${f32},"shape":[],"data_offsets":[9007199254740987,9007199254740991]`),
      4,
      /belong to no tensor/,
    ],
    ["half a byte", one('"dtype":"F4","shape":[3],"data_offsets":[0,1]'), 1, /does not fill whole bytes/],
    ["data without tensors", "{}", 1, /1 bytes after the last tensor/],
    ["a byte-order mark", "\ufeff{}", 0, /is not valid JSON/],
    ["deep nesting", `{"a":${"[".repeat(5000)}`, 0, /nest deeper/],
  ])("refuses %s", async (_, header, dataBytes, message) => {
    const attempt = SafetensorsFile.open(bytesSource(craft(header, dataBytes), "crafted"));
    await expect(attempt).rejects.toBeInstanceOf(SafetensorsError);
    await expect(attempt).rejects.toThrow(message);
  });

  it("cuts long names in messages", async () => {
    const attempt = SafetensorsFile.open(bytesSource(craft(`{"${"n".repeat(10_000)}":1}`)));
    await expect(attempt).rejects.toSatisfy((error: Error) => error.message.length < 250);
  });

  it("places empty tensors between their neighbours", async () => {
    const header =
      '{"z":{"dtype":"U8","shape":[0],"data_offsets":[2,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}';
    expect((await SafetensorsFile.open(bytesSource(craft(header, 4)))).names()).toEqual(["a", "z", "b"]);
  });
});

describe("a header that would grow far beyond its own size is refused before it does", () => {
  const tensor = `{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`;

  it.each([
    ["a tensor that is a list of objects", `{"a":[${"{},".repeat(300_000)}{}]}`, /"a" holds more than 1024 values/],
    ["a shape without end", `{"a":{"dtype":"U8","shape":[${"1,".repeat(50_000)}1]}}`, /more than 1024 values/],
    ["an unknown key with much under it", `{"a":{"x":[${"[],".repeat(2000)}0]}}`, /more than 1024 values/],
    ["a root that is a long list", `[${"{},".repeat(300_000)}{}]`, /must be a JSON object/],
    [
      "metadata without end",
      `{"__metadata__":{${Array.from({ length: 70_000 }, (_, n) => `"${n}":""`).join()}}}`,
      /"__metadata__" holds more than 65536 values/,
    ],
    [
      "tensors without end",
      `{${Array.from({ length: 131_073 }, (_, n) => `"${n}":${tensor}`).join()}}`,
      /header lists more than 131072 tensors/,
    ],
  ])("%s", async (_, header, message) => {
    await expect(SafetensorsFile.open(bytesSource(craft(header), "crafted"))).rejects.toThrow(message);
  });

  it.each([
    ["a shape of many sizes", `{"a":{"dtype":"U8","shape":[${"9,".repeat(500)}9],"data_offsets":[0,1]}}`],
    ["a shape of many ones", `{"a":{"dtype":"U8","shape":[${"1,".repeat(500)}1],"data_offsets":[0,9]}}`],
    ["a long dtype", `{"a":{"dtype":"${"x".repeat(100_000)}","shape":[1],"data_offsets":[0,1]}}`],
    ["a long key twice", `{"${"k".repeat(100_000)}":${tensor},"${"k".repeat(100_000)}":${tensor}}`],
    ["a long number", `{"a":{"dtype":"U8","shape":[${"9".repeat(100_000)}],"data_offsets":[0,1]}}`],
  ])("the message quotes at most a line of %s", async (_, header) => {
    const error: unknown = await SafetensorsFile.open(bytesSource(craft(header), "crafted")).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SafetensorsError);
    expect((error as Error).message.length).toBeLessThan(300);
  });
});

describe("the edges of a header", () => {
  const read = (header: string, dataBytes = 0): Promise<SafetensorsFile> =>
    SafetensorsFile.open(bytesSource(craft(header, dataBytes), "crafted"));
  const tensor = (shape: string, begin: number, end: number): string =>
    `{"dtype":"F32","shape":${shape},"data_offsets":[${begin},${end}]}`;

  it("may end with the file, but not one byte beyond it", () => {
    const prefix = new Uint8Array(8);
    new DataView(prefix.buffer).setBigUint64(0, 12n, true);
    expect(headerLength("crafted", prefix, 20)).toBe(12);
    expect(() => headerLength("crafted", prefix, 19)).toThrow(/claims a header of 12 bytes but ends after 11/);
  });

  it("data_offsets are in order, and as far apart as the shape asks", async () => {
    await expect(read(`{"a":${tensor("[1]", 4, 0)}}`, 4)).rejects.toThrow(/in reverse/);
    await expect(read(`{"a":${tensor("[1]", 0, 8)}}`, 8)).rejects.toThrow(/needs 4 bytes/);
  });

  it("an empty tensor may share its place with the next one, in any order", async () => {
    const [full, empty] = [tensor("[1]", 0, 4), tensor("[0]", 0, 0)];
    expect((await read(`{"full":${full},"empty":${empty}}`, 4)).names()).toEqual(["empty", "full"]);
    expect((await read(`{"empty":${empty},"full":${full}}`, 4)).names()).toEqual(["empty", "full"]);
  });
});
