import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blobSource, bytesSource, type ByteSource } from "../bytes/byte-source.ts";
import { ByteSourceError, CheckpointError, SafetensorsError } from "../../errors.ts";
import { SafetensorsFile } from "./safetensors-reader.ts";

const fixtures = new URL("../../../../../fixtures/", import.meta.url);
const fixture = (path: string): Uint8Array => readFileSync(new URL(path, fixtures));

/** One tensor `a` of the given stored type over `data`. */
function craft(dtype: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const header = JSON.stringify({ a: { dtype, shape, data_offsets: [0, data.length] } });
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const bytesOf = (array: { readonly buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(array.buffer);
const open = (bytes: Uint8Array): Promise<SafetensorsFile> => SafetensorsFile.open(bytesSource(bytes, "crafted"));

/** Notes each range that is read, and whether the source was closed. */
function watched(inner: ByteSource): ByteSource & { readonly ranges: [number, number][]; closes: number } {
  return {
    name: inner.name,
    size: inner.size,
    ranges: [],
    closes: 0,
    read(offset, length) {
      this.ranges.push([offset, length]);
      return inner.read(offset, length);
    },
    close() {
      this.closes++;
      return inner.close();
    },
  };
}

describe("SafetensorsFile", () => {
  it("reads the header and then only the ranges asked for", async () => {
    const bytes = fixture("models/helium/causal/model.safetensors");
    const source = watched(bytesSource(bytes, "model.safetensors"));
    const file = await SafetensorsFile.open(source);
    const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    expect(source.ranges).toEqual([
      [0, 8],
      [8, headerBytes],
    ]);
    source.ranges.length = 0;
    const info = file.info("model.layers.1.mlp.up_proj.weight");
    expect(info).toMatchObject({ dtype: "f32", shape: [48, 64], storedBytes: 48 * 64 * 4 });
    expect(await file.readBytes(info.name)).toHaveLength(info.storedBytes);
    expect(source.ranges).toEqual([[file.entry(info.name).begin, info.storedBytes]]);
  });

  it("gives bytes of their own, aligned for any view, also from a Node Buffer", async () => {
    const bytes = fixture("safetensors/ok_unaligned.safetensors");
    const file = await open(bytes);
    const first = await file.readBytes("f");
    expect([first.byteOffset, first.buffer.byteLength]).toEqual([0, 4]);
    first.fill(0xff);
    expect(await file.readBytes("f")).not.toEqual(first);
  });

  it("reads a Blob", async () => {
    const blob = new Blob([new Uint8Array(fixture("safetensors/ok_basic.safetensors"))]);
    const file = await SafetensorsFile.open(blobSource(blob, "chosen"));
    expect([...new Float32Array((await file.readBytes("a")).buffer)]).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ["F64", bytesOf(Float64Array.of(1.1, -0, Infinity)), "f32", bytesOf(Float32Array.of(1.1, -0, Infinity))],
    [
      "I64",
      bytesOf(BigInt64Array.of(-(2n ** 31n), 2n ** 31n - 1n, 0n)),
      "i32",
      bytesOf(Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0)),
    ],
    ["U64", bytesOf(BigUint64Array.of(0n, 2n ** 32n - 1n, 1n)), "u32", bytesOf(Uint32Array.of(0, 2 ** 32 - 1, 1))],
    ["I16", bytesOf(Int16Array.of(-32768, 32767, -1)), "i32", bytesOf(Int32Array.of(-32768, 32767, -1))],
    ["U16", bytesOf(Uint16Array.of(0, 65535, 7)), "u32", bytesOf(Uint32Array.of(0, 65535, 7))],
    ["BOOL", Uint8Array.of(0, 1, 2), "bool", Uint8Array.of(0, 1, 1)],
    ["I8", Uint8Array.of(0, 1, 255), "i8", Uint8Array.of(0, 1, 255)],
  ])("gives %s as a tensor dtype", async (stored, data, dtype, expected) => {
    const file = await open(craft(stored, [3], data));
    expect(file.info("a")).toMatchObject({ dtype, shape: [3], storedBytes: data.length });
    expect(await file.readBytes("a")).toEqual(expected);
  });

  it.each([
    ["I64", bytesOf(BigInt64Array.of(2n ** 31n)), /"a" \(I64\): the value 2147483648 does not fit/],
    ["U64", bytesOf(BigUint64Array.of(2n ** 32n)), /does not fit in 32 bits/],
    ["F64", bytesOf(Float64Array.of(1e300)), /the value 1e\+300 does not fit in a float32/],
  ])("refuses a %s that does not fit", async (stored, data, message) => {
    const read = (await open(craft(stored, [1], data))).readBytes("a");
    await expect(read).rejects.toBeInstanceOf(SafetensorsError);
    await expect(read).rejects.toThrow(message);
  });

  it.each(["F8_E4M3", "F8_E5M2", "F8_E8M0"])("knows %s but does not read it", async (stored) => {
    const file = await open(craft(stored, [2], new Uint8Array(2)));
    expect(file.info("a")).toMatchObject({ dtype: stored, storedBytes: 2 });
    const read = file.readBytes("a");
    await expect(read).rejects.toBeInstanceOf(SafetensorsError);
    await expect(read).rejects.toThrow(`"a" is stored as ${stored}`);
  });

  it("names the file and the tensor that is not there", async () => {
    const file = await open(fixture("safetensors/ok_basic.safetensors"));
    expect(file.has("b")).toBe(false);
    expect(() => file.info("b")).toThrow(/^crafted: has no tensor "b"; it holds 1/);
    await expect(file.readBytes("b")).rejects.toBeInstanceOf(SafetensorsError);
  });

  it("closes its source once, and reads no more", async () => {
    const source = watched(bytesSource(fixture("safetensors/ok_basic.safetensors")));
    const file = await SafetensorsFile.open(source);
    await file.close();
    await file.close();
    await expect(file.readBytes("a")).rejects.toThrow(ByteSourceError);
  });

  it("closes the source of a file it refuses", async () => {
    const source = watched(bytesSource(fixture("safetensors/overlap.safetensors")));
    await expect(SafetensorsFile.open(source)).rejects.toThrow(SafetensorsError);
    expect(source.closes).toBe(1);
  });

  it("does not trust the length of what a source gives", async () => {
    const bytes = fixture("safetensors/ok_basic.safetensors");
    const inner = bytesSource(bytes);
    const short: ByteSource = {
      ...inner,
      read: async (offset, length) => (await inner.read(offset, length)).subarray(0, 8),
    };
    await expect(SafetensorsFile.open(short)).rejects.toThrow(/gave 8 of \d+ bytes at 8/);
  });

  it("meets thousands of damaged files with typed errors only", async () => {
    const names = [
      "ok_basic",
      "ok_many_dtypes",
      "ok_empty_and_scalar",
      "ok_unaligned",
      "ok_no_tensors",
      "proto_metadata",
      "extra_field",
    ];
    const originals = names.map((name) => new Uint8Array(fixture(`safetensors/${name}.safetensors`)));
    const spot = fc.nat(0xffff);
    const damage = fc.oneof(
      fc.record({ kind: fc.constant("set" as const), spot, value: fc.nat(255) }),
      fc.record({ kind: fc.constant("flip" as const), spot, value: fc.nat(7) }),
      fc.record({ kind: fc.constant("insert" as const), spot, value: fc.nat(255) }),
      fc.record({ kind: fc.constant("remove" as const), spot, value: fc.nat(8) }),
      fc.record({ kind: fc.constant("cut" as const), spot, value: fc.constant(0) }),
      // Digits, quotes and brackets get past the JSON more often than random bytes.
      fc.record({
        kind: fc.constant("set" as const),
        spot,
        value: fc.constantFrom(...new TextEncoder().encode('0123456789"[]{},:-e. ')),
      }),
    );
    let refused = 0;
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals),
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        async (original, damages) => {
          let bytes = original;
          for (const { kind, spot: where, value } of damages) {
            const at = where % Math.max(bytes.length, 1);
            const before = bytes.subarray(0, at);
            if (kind === "set") bytes = Uint8Array.of(...before, value, ...bytes.subarray(at + 1));
            if (kind === "flip")
              bytes = Uint8Array.of(...before, (bytes[at] ?? 0) ^ (1 << value), ...bytes.subarray(at + 1));
            if (kind === "insert") bytes = Uint8Array.of(...before, value, ...bytes.subarray(at));
            if (kind === "remove") bytes = Uint8Array.of(...before, ...bytes.subarray(at + 1 + value));
            if (kind === "cut") bytes = before.slice();
          }
          try {
            const file = await SafetensorsFile.open(bytesSource(bytes));
            for (const name of file.names()) await file.readBytes(name);
            accepted++;
          } catch (error) {
            expect(error).toBeInstanceOf(CheckpointError);
            refused++;
          }
        },
      ),
      { seed: 20, numRuns: 4000 },
    );
    expect(refused).toBeGreaterThan(1000);
    expect(accepted).toBeGreaterThan(50);
  });
});
