import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Rng } from "@helium-lm/tensor";
import { bytesSource, type ByteSource } from "../bytes/byte-source.ts";
import { CheckpointError } from "../../errors.ts";
import { GgufError, GgufFile } from "./index.ts";

/** A head written by hand, so that it may be wrong anywhere. */
class Craft {
  readonly #bytes: number[] = [];

  static head(tensors: bigint | number, metadata: bigint | number, version = 3): Craft {
    return new Craft().raw("GGUF").u32(version).u64(tensors).u64(metadata);
  }

  raw(text: string): this {
    this.#bytes.push(...new TextEncoder().encode(text));
    return this;
  }

  byte(...values: number[]): this {
    this.#bytes.push(...values);
    return this;
  }

  u32(value: number): this {
    return this.byte(...new Uint8Array(Uint32Array.of(value).buffer));
  }

  u64(value: bigint | number): this {
    return this.byte(...new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }

  text(text: string): this {
    return this.u64(new TextEncoder().encode(text).length).raw(text);
  }

  tensor(name: string, dimensions: readonly (bigint | number)[], type: number, offset: bigint | number): this {
    this.text(name).u32(dimensions.length);
    for (const size of dimensions) this.u64(size);
    return this.u32(type).u64(offset);
  }

  /** Padding to the alignment and `data` bytes. */
  done(data = 0, alignment = 32): Uint8Array {
    const head = Math.ceil(this.#bytes.length / alignment) * alignment;
    const bytes = new Uint8Array(head + data);
    bytes.set(this.#bytes);
    return bytes;
  }
}

const open = (bytes: Uint8Array): Promise<GgufFile> => GgufFile.open(bytesSource(bytes, "x.gguf"));
const u32 = 4;
const string = 8;
const array = 9;

describe("what is read", () => {
  it.each([2, 3])("version %i, an empty file", async (version) => {
    const file = await open(Craft.head(0, 0, version).done());
    expect(file.names()).toEqual([]);
    expect(file.version).toBe(version);
  });

  it("tensors listed in another order than they lie, prototype names, bytes after the last one", async () => {
    const file = await open(
      Craft.head(3, 1)
        .text("__proto__")
        .u32(u32)
        .u32(7)
        .tensor("b", [4, 2], 0, 32)
        .tensor("__proto__", [3], 0, 0)
        .tensor("empty", [0], 0, 64)
        .done(32 + 32 + 100),
    );
    expect(file.names()).toEqual(["__proto__", "b", "empty"]);
    expect(file.info("b").shape).toEqual([2, 4]);
    expect(file.metadata.number("__proto__")).toBe(7);
    expect(await file.readBytes("empty")).toHaveLength(0);
  });

  it("a scalar tensor and another alignment", async () => {
    const file = await open(
      Craft.head(2, 1)
        .text("general.alignment")
        .u32(u32)
        .u32(8)
        .tensor("s", [], 0, 0)
        .tensor("t", [1], 0, 8)
        .done(12, 8),
    );
    expect(file.info("s").shape).toEqual([]);
    expect(file.entry("t").begin % 8).toBe(0);
  });
});

describe("what is refused", () => {
  const one = (): Craft => Craft.head(0, 1);
  const huge = 2n ** 63n;

  it.each<[string, RegExp, Uint8Array]>([
    ["an empty file", /has 0 bytes, but a GGUF file has at least 24/, new Uint8Array(0)],
    ["23 bytes", /has 23 bytes, but a GGUF file has at least 24/, new Uint8Array(23)],
    ["another magic", /starts with "GGML", not "GGUF"/, new Craft().raw("GGML").u32(3).u64(0).u64(0).done()],
    ["version 1", /is of version 1, read are 2 and 3/, Craft.head(0, 0, 1).done()],
    ["version 4", /is of version 4/, Craft.head(0, 0, 4).done()],
    ["big-endian", /is big-endian/, Craft.head(0, 0, 0x03000000).done()],
    ["2^63 tensors", /claims 9223372036854775808 as the number of tensors/, Craft.head(huge, 0).done()],
    ["2^20 tensors", /claims 1048576 as the number of tensors, but the limit is/, Craft.head(2 ** 20, 0).done()],
    [
      "one tensor more than 2^15",
      /claims 32769 as the number of tensors, but the limit is 32768/,
      Craft.head(2 ** 15 + 1, 0).done(),
    ],
    ["more tensors than bytes", /claims 1000 as the number of tensors, which do not fit/, Craft.head(1000, 0).done()],
    ["two tensors of 24 bytes in 47", /claims 2 .*, which do not fit into the 47 bytes/, Craft.head(2, 0).done(31)],
    ["more metadata than bytes", /claims 1000 as the number of metadata values/, Craft.head(0, 1000).done()],
    [
      "a head that ends early",
      /ends 2 bytes too early at byte 41/,
      Craft.head(0, 1).text("key").u32(u32).byte(1, 2).done(0, 1),
    ],
    [
      "a key without end",
      /the key of metadata value 0 claims 9007199254740991 bytes/,
      one()
        .u64(2n ** 53n - 1n)
        .done(64),
    ],
    ["a key of 2^63 bytes", /claims 9223372036854775808 as the length of the key/, one().u64(huge).done(64)],
    ["a long key", /claims 70000 bytes, but the limit is 65535/, one().u64(70_000).done(70_000)],
    ["an empty key", /the key of metadata value 0 is empty/, one().text("").u32(u32).u32(1).done()],
    ["a key that is no UTF-8", /is not UTF-8/, one().u64(2).byte(0xc3, 0x28).u32(u32).u32(1).done()],
    ["a value that is no UTF-8", /metadata "k" is not UTF-8/, one().text("k").u32(string).u64(1).byte(0xff).done()],
    [
      "a key twice",
      /metadata "k" appears twice/,
      Craft.head(0, 2).text("k").u32(u32).u32(1).text("k").u32(u32).u32(1).done(),
    ],
    ["an unknown value type", /metadata "k" has the unknown type 13/, one().text("k").u32(13).done()],
    ["the bool 2", /metadata "k" is the bool 2/, one().text("k").u32(7).byte(2).done()],
    ["arrays of arrays", /array of arrays/, one().text("k").u32(array).u32(array).u64(1).u32(u32).u64(0).done()],
    ["an array of an unknown type", /array of the unknown type 77/, one().text("k").u32(array).u32(77).u64(1).done()],
    [
      "an array of 2^63 items",
      /claims 9223372036854775808 as the length/,
      one().text("k").u32(array).u32(0).u64(huge).done(),
    ],
    [
      "an array of 2^50 bytes",
      /claims 1125899906842624 items, which do not fit/,
      one()
        .text("k")
        .u32(array)
        .u32(0)
        .u64(2n ** 50n)
        .done(),
    ],
    [
      "2^40 strings",
      /claims 1099511627776 items/,
      one()
        .text("k")
        .u32(array)
        .u32(string)
        .u64(2n ** 40n)
        .done(64),
    ],
    [
      "an array item without end",
      /item 1 of metadata "k" claims 99 bytes/,
      one().text("k").u32(array).u32(string).u64(2).text("a").u64(99).done(),
    ],
    ["alignment 0", /general.alignment is u32 0, expected/, one().text("general.alignment").u32(u32).u32(0).done()],
    ["alignment 24", /general.alignment is u32 24, expected/, one().text("general.alignment").u32(u32).u32(24).done()],
    [
      "alignment as text",
      /general.alignment is string 32/,
      one().text("general.alignment").u32(string).text("32").done(),
    ],
    [
      "alignment as an array",
      /general.alignment is an array/,
      one().text("general.alignment").u32(array).u32(0).u64(0).done(),
    ],
    [
      "a tensor twice",
      /tensor "a" appears twice/,
      Craft.head(2, 0).tensor("a", [1], 0, 0).tensor("a", [1], 0, 32).done(64),
    ],
    ["a tensor without name", /the name of tensor 0 is empty/, Craft.head(1, 0).tensor("", [1], 0, 0).done(32)],
    [
      "five dimensions",
      /has 5 dimensions, but the limit is 4/,
      Craft.head(1, 0).tensor("a", [1, 1, 1, 1, 1], 0, 0).done(32),
    ],
    [
      "2^31 dimensions",
      /has 2147483648 dimensions/,
      Craft.head(1, 0)
        .text("a")
        .u32(2 ** 31)
        .done(64),
    ],
    ["an unknown block type", /unknown block type 4/, Craft.head(1, 0).tensor("a", [32], 4, 0).done(32)],
    [
      "rows that do not fill blocks",
      /rows of 31, which do not fill q8_0 blocks/,
      Craft.head(1, 0).tensor("a", [31], 8, 0).done(64),
    ],
    [
      "too many elements",
      /which is too large/,
      Craft.head(1, 0)
        .tensor("a", [2n ** 40n, 2n ** 40n], 0, 0)
        .done(32),
    ],
    [
      "elements that overflow and come back to 0",
      /which is too large/,
      Craft.head(1, 0)
        .tensor("a", [2n ** 52n, 2n ** 52n, 0], 0, 0)
        .done(32),
    ],
    [
      "a tensor beyond the file",
      /needs bytes 64 … 128, but the file ends after 96/,
      Craft.head(1, 0).tensor("a", [16], 0, 0).done(32),
    ],
    [
      "an offset beyond the file",
      /the file ends after/,
      Craft.head(1, 0)
        .tensor("a", [1], 0, 2n ** 52n)
        .done(32),
    ],
    ["an odd offset", /starts at 4, which is not a multiple of 32/, Craft.head(1, 0).tensor("a", [1], 0, 4).done(64)],
    [
      "tensors that overlap",
      /tensor "b" overlaps the one before it by 32 bytes/,
      Craft.head(2, 0).tensor("a", [16], 0, 0).tensor("b", [1], 0, 32).done(64),
    ],
    [
      "tensors in the same place",
      /overlaps the one before it by 4 bytes/,
      Craft.head(2, 0).tensor("a", [1], 0, 0).tensor("b", [1], 0, 0).done(64),
    ],
    [
      "a hole",
      /32 bytes before tensor "b" belong to no tensor/,
      Craft.head(2, 0).tensor("a", [1], 0, 0).tensor("b", [1], 0, 64).done(96),
    ],
    [
      "a hole in front",
      /32 bytes before tensor "a" belong to no tensor/,
      Craft.head(1, 0).tensor("a", [1], 0, 32).done(64),
    ],
  ])("%s", async (_, message, bytes) => {
    const attempt = open(bytes);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(GgufError);
    await expect(attempt).rejects.toMatchObject({ subject: "x.gguf" });
  });

  it("closes the source it was given", async () => {
    let closed = 0;
    const source: ByteSource = { ...bytesSource(new Uint8Array(30), "x.gguf"), close: async () => void closed++ };
    await expect(GgufFile.open(source)).rejects.toThrow(GgufError);
    expect(closed).toBe(1);
  });
});

/** Every number that a length, count or offset should not be. */
const nasty = [0n, 1n, 7n, 31n, 255n, 2n ** 16n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

/** Changes a few places of a file; the head, where nearly all of the grammar is, most often. */
function damage(original: Uint8Array, headBytes: number, rng: Rng): Uint8Array {
  let bytes = original.slice();
  const below = (n: number): number => Math.floor(rng.uniform() * n);
  for (let edits = 1 + below(3); edits > 0; edits--) {
    const at = below(rng.uniform() < 0.9 ? Math.min(headBytes, bytes.length) : bytes.length);
    const view = new DataView(bytes.buffer);
    const kind = below(6);
    if (kind === 0) bytes[at] = below(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    else if (kind === 2 && at + 8 <= bytes.length) view.setBigUint64(at, nasty[below(nasty.length)] ?? 0n, true);
    else if (kind === 3 && at + 4 <= bytes.length)
      view.setUint32(at, Number((nasty[below(nasty.length)] ?? 0n) & 0xffffffffn), true);
    else if (kind === 4) bytes = bytes.slice(0, below(bytes.length));
    else {
      const cut = Math.min(below(40), bytes.length - at);
      bytes.copyWithin(at, at + cut);
      bytes = bytes.slice(0, bytes.length - cut);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

describe("damaged files", () => {
  const fixture = (name: string): Uint8Array =>
    new Uint8Array(readFileSync(new URL(`../../../../../fixtures/quant/${name}`, import.meta.url)));

  it("give typed errors or whole tensors, and never more bytes than they have", async () => {
    const original = fixture("llama-q4_0.gguf");
    const whole = await open(original);
    const headBytes = whole.entry(whole.names()[0] ?? "").begin;
    const rng = new Rng(20);
    let refused = 0;
    for (let run = 0; run < 2500; run++) {
      const bytes = damage(original, headBytes, rng);
      let taken = 0;
      const inner = bytesSource(bytes, "x.gguf");
      const source: ByteSource = {
        ...inner,
        read: (offset, length) => {
          taken += length;
          return inner.read(offset, length);
        },
      };
      try {
        const file = await GgufFile.open(source);
        expect(taken).toBeLessThanOrEqual(2 * bytes.length);
        taken = 0;
        for (const name of file.names()) await file.readBytes(name).catch(expectTyped);
        expect(taken).toBeLessThanOrEqual(bytes.length);
        for (const key of file.metadata.keys()) await file.value(key).catch(expectTyped);
      } catch (error) {
        expectTyped(error);
        refused++;
      }
    }
    // The rest is damage that leaves a valid file: other weights, other texts, bytes cut off behind the last tensor.
    expect(refused).toBeGreaterThan(1200);
    expect(refused).toBeLessThan(2500);
  });

  const expectTyped = (error: unknown): void => {
    if (!(error instanceof CheckpointError)) throw error;
    expect(error.message.length).toBeLessThan(600);
  };
});
