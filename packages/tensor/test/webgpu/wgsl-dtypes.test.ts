import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { roundTo, smallestNormal, specialValues } from "@helium-lm/tensor/conformance/formulas/number-format";
import { dtypeNames, isFloat, type DType } from "@helium-lm/tensor";
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "@helium-lm/tensor/dtypes/half";
import { storeOne } from "../../src/backends/webgpu/kernels/elementwise.ts";
import { asNumbers, load } from "../../src/backends/webgpu/kernels/stored.ts";
import { convert, elements } from "../../src/backends/webgpu/wgsl/dtypes.ts";
import * as halves from "../../src/backends/webgpu/wgsl/halves.ts";
import { moduleText, wgsl } from "../../src/backends/webgpu/wgsl/tag.ts";
import { evaluateWords } from "./elementwise-wgsl.ts";
import { needDevice, startWgsl, type WgslDevice } from "./wgsl-device.ts";

let given: WgslDevice | null;
beforeAll(async () => void (given = await startWgsl()));
beforeEach(({ skip }) => needDevice(given !== null, skip));
afterAll(() => given?.close());
const device = (): WgslDevice => given as WgslDevice;

const tiny = smallestNormal("f32");
const floatWords = (values: readonly number[]): Uint32Array => new Uint32Array(Float32Array.from(values).buffer);
const floatsOf = (words: Uint32Array): Float32Array => new Float32Array(words.slice().buffer);

test.each([
  ["f16", halves.decodeF16, decodeF16],
  ["bf16", halves.decodeBf16, decodeBf16],
] as const)("all 65,536 patterns of %s are decoded", async (_, name, decode) => {
  const patterns = Uint32Array.from({ length: 65536 }, (_, i) => i);
  const got = floatsOf(await evaluateWords(device(), (w) => wgsl`bitcast<u32>(${name}(${w}))`, patterns));
  expect([...got]).toEqual([...patterns].map(decode));
});

test.each([
  ["f16", halves.encodeF16, encodeF16, decodeF16],
  ["bf16", halves.encodeBf16, encodeBf16, decodeBf16],
] as const)("any f32 becomes the nearest %s, ties to even", async (_, name, encode, decode) => {
  // The halves themselves, the middles between neighbours and what lies beside these.
  const known = Array.from({ length: 65536 }, (_, i) => decode(i)).filter((x) => Number.isFinite(x));
  const middles = known.slice(1).map((x, i) => (x + known[i]) / 2);
  const words = floatWords([
    ...specialValues("f32"),
    ...known,
    ...middles,
    ...fc.sample(fc.float(), { numRuns: 4000, seed: 3 }),
  ]);
  const beside = Uint32Array.from([...words, ...words.map((w) => w + 1), ...words.map((w) => w - 1)]);
  const got = await evaluateWords(device(), (w) => wgsl`${name}(bitcast<f32>(${w}))`, beside);
  const floats = floatsOf(beside);
  const wrong = [...got].findIndex((pattern, i) => {
    const want = encode(floats[i]);
    return Number.isNaN(floats[i]) ? !Number.isNaN(decode(pattern)) : pattern !== want;
  });
  expect(wrong < 0 ? "none" : `${floats[wrong]}: ${got[wrong]}`).toBe("none");
});

/** Numbers of a dtype that mean something to another. */
function valuesOf(dtype: DType): number[] {
  const draws = isFloat(dtype)
    ? [
        ...[-128.5, -129, 127.5, 255.5, 256, -0.5, 0.5, 2147483648, -2147483904, 4294967296, 1e20, -1e20],
        ...fc.sample(fc.float(), { numRuns: 500, seed: 1 }),
      ]
    : fc.sample(fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }), { numRuns: 500, seed: 2 });
  return [...specialValues(dtype), ...draws]
    .map((x) => roundTo(dtype, x))
    .filter((x) => x === 0 || !(Math.abs(x) < tiny));
}

/** What `cast` gives. */
function cast(from: DType, to: DType, x: number): number {
  if (to === "bool") return Number(x !== 0);
  if (isFloat(to) || !isFloat(from)) return roundTo(to, x);
  const [low, high] = { i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1], i8: [-128, 127], u8: [0, 255] }[
    to as "i32"
  ] as [number, number];
  return Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, low), high)) + 0;
}

/** Number of an element's pattern, worked out here. */
function numberOf(dtype: DType, pattern: number): number {
  if (dtype === "f32") return floatsOf(Uint32Array.of(pattern))[0];
  if (dtype === "f16") return decodeF16(pattern);
  if (dtype === "bf16") return decodeBf16(pattern);
  return dtype === "i32" ? pattern | 0 : dtype === "i8" ? (pattern << 24) >> 24 : pattern;
}

function patternOf(dtype: DType, x: number): number {
  if (dtype === "f32") return floatWords([x])[0];
  if (dtype === "f16") return encodeF16(x);
  if (dtype === "bf16") return encodeBf16(x);
  return elements[dtype].bits === 8 ? x & 0xff : x >>> 0;
}

function packed(dtype: DType, values: readonly number[]): Uint32Array {
  const { bits } = elements[dtype];
  const n = 32 / bits;
  const words = new Uint32Array(Math.ceil(values.length / n));
  values.forEach((x, i) => (words[Math.floor(i / n)] |= patternOf(dtype, x) << (bits * (i % n))));
  return words;
}

function unpacked(dtype: DType, words: Uint32Array, count: number): number[] {
  const { bits } = elements[dtype];
  const n = 32 / bits;
  return Array.from({ length: count }, (_, i) => {
    const shifted = words[Math.floor(i / n)] >>> (bits * (i % n));
    return numberOf(dtype, bits === 32 ? shifted : shifted & (2 ** bits - 1));
  });
}

const pairs = dtypeNames.flatMap((from) => dtypeNames.map((to) => [from, to] as const));

test.each(pairs)("%s is loaded and converted to %s", async (from, to) => {
  const values = valuesOf(from);
  const code = moduleText(wgsl`
    @group(0) @binding(0) var<storage, read> source: array<u32>;
    @group(0) @binding(1) var<storage, read_write> result: array<u32>;
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      if (id.x >= ${values.length}u) { return; }
      result[id.x] = ${elements[to].encode(convert(from, to, load(asNumbers(from), "source", "id.x")))};
    }`);
  const words = await device().run({
    code,
    inputs: [packed(from, values)],
    words: values.length,
    groups: Math.ceil(values.length / 64),
  });
  expect([...words].map((pattern) => numberOf(to, pattern))).toEqual(values.map((x) => cast(from, to, x)));
});

test.each(dtypeNames)("threads that write neighbours of %s one by one leave the others alone", async (dtype) => {
  const values = [3, 1, 2, 5, 7, 4, 1, 6, 3, 2].map((x) => roundTo(dtype, x));
  const stored = asNumbers(dtype);
  const code = moduleText(wgsl`
    @group(0) @binding(0) var<storage, read> source: array<u32>;
    @group(0) @binding(1) var<storage, read_write> out_words: array<${stored.bits < 32 ? "atomic<u32>" : "u32"}>;
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      if (id.x >= 3u && id.x < 10u) {
${storeOne(stored, "id.x", load(stored, "source", "id.x"))}
      }
    }`);
  const words = await device().run({ code, inputs: [packed(dtype, values)], words: 10, groups: 1 });
  expect(unpacked(dtype, words, 10)).toEqual(values.map((x, i) => (i < 3 ? 0 : x)));
});
