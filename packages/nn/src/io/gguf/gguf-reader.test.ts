import { expect, it } from "vitest";
import { bytesSource } from "../bytes/byte-source.ts";
import { GgufError, GgufFile } from "./index.ts";

/** Little-endian bytes of numbers by their sizes. */
const u32 = (value: number): number[] => [...new Uint8Array(Uint32Array.of(value).buffer)];
const u64 = (value: bigint | number): number[] => [...new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)];
const text = (value: string): number[] => [...u64(value.length), ...new TextEncoder().encode(value)];
const head = (tensors: number, values: number): number[] => [
  ...new TextEncoder().encode("GGUF"),
  ...u32(3),
  ...u64(tensors),
  ...u64(values),
];

/** A file with one tensor `a` of one dimension; the data begin at a multiple of 32. */
function fileOf(type: number, length: number, data: Uint8Array): Promise<GgufFile> {
  const bytes = [...head(1, 0), ...text("a"), ...u32(1), ...u64(length), ...u32(type), ...u64(0)];
  while (bytes.length % 32 !== 0) bytes.push(0);
  return GgufFile.open(bytesSource(Uint8Array.from([...bytes, ...data]), "x.gguf"));
}

// `GGMLQuantizationType` of gguf-py.
// `GGML_QUANT_SIZES` too: elements and bytes of a block.
it.each([
  [0, "f32", 1, 4],
  [1, "f16", 1, 2],
  [2, "q4_0", 32, 18],
  [3, "q4_1", 32, 20],
  [6, "q5_0", 32, 22],
  [7, "q5_1", 32, 24],
  [8, "q8_0", 32, 34],
  [9, "q8_1", 32, 40],
  [10, "q2_K", 256, 84],
  [11, "q3_K", 256, 110],
  [12, "q4_K", 256, 144],
  [13, "q5_K", 256, 176],
  [14, "q6_K", 256, 210],
  [15, "q8_K", 256, 292],
  [16, "iq2_xxs", 256, 66],
  [17, "iq2_xs", 256, 74],
  [18, "iq3_xxs", 256, 98],
  [19, "iq1_s", 256, 50],
  [20, "iq4_nl", 32, 18],
  [21, "iq3_s", 256, 110],
  [22, "iq2_s", 256, 82],
  [23, "iq4_xs", 256, 136],
  [24, "i8", 1, 1],
  [25, "i16", 1, 2],
  [26, "i32", 1, 4],
  [27, "i64", 1, 8],
  [28, "f64", 1, 8],
  [29, "iq1_m", 256, 56],
  [30, "bf16", 1, 2],
  [34, "tq1_0", 256, 54],
  [35, "tq2_0", 256, 66],
  [39, "mxfp4", 32, 17],
])("type %i is %s", async (type, name, elements, bytes) => {
  const file = await fileOf(type, 2 * elements, new Uint8Array(2 * bytes));
  expect(file.entry("a").type.name).toBe(name);
  expect(file.info("a").storedBytes).toBe(2 * bytes);
});

it("a slice of what is converted is one of the elements that it becomes", async () => {
  const file = await fileOf(28, 4, new Uint8Array(Float64Array.of(1, 2, 3, 4).buffer));
  const slice = await file.readSlice("a", 4, 12);
  expect([...new Float32Array(slice.buffer, slice.byteOffset, slice.byteLength / 4)]).toEqual([2, 3]);
});

it("a 64-bit number of metadata that no double has is refused, the largest that each below has is not", async () => {
  const open = (value: bigint): Promise<GgufFile> => {
    const bytes = [...head(0, 1), ...text("k"), ...u32(9), ...u32(10), ...u64(1), ...u64(value)];
    while (bytes.length % 32 !== 0) bytes.push(0);
    return GgufFile.open(bytesSource(Uint8Array.from(bytes), "x.gguf"));
  };
  expect(await (await open(2n ** 53n - 1n)).numbers("k")).toEqual([2 ** 53 - 1]);
  const refused = (await open(2n ** 53n + 1n)).numbers("k");
  await expect(refused).rejects.toThrow(GgufError);
  await expect(refused).rejects.toThrow(/item 0 of metadata "k" is 9007199254740993; expected a number below 2\^53/);
});
