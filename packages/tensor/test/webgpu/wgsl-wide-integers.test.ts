import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { exceeds, fractionOf, minus, plus, share, times } from "../../src/backends/webgpu/wgsl/wide-integers.ts";
import { wideSums } from "../../src/backends/webgpu/wgsl/wide-sums.ts";
import { moduleText, wgsl, type Fragment } from "../../src/backends/webgpu/wgsl/tag.ts";
import { needDevice, startWgsl, type WgslDevice } from "./wgsl-device.ts";

let device: WgslDevice | null;
beforeAll(async () => void (device = await startWgsl()));
beforeEach(({ skip }) => needDevice(device !== null, skip));
afterAll(() => device?.close());

const word = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 1, 0xffff, 0x10000, 2 ** 32 - 1));
const draws = fc.sample(fc.tuple(word, word, word, word), { numRuns: 400, seed: 3 });

/** `value` of wide integers a and b, which is a Wide too. */
async function computed(value: Fragment): Promise<bigint[]> {
  const code = moduleText(wgsl`
    @group(0) @binding(0) var<storage, read> words: array<vec4<u32>>;
    @group(0) @binding(1) var<storage, read_write> result: array<vec2<u32>>;
    @compute @workgroup_size(${draws.length / 4})
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      let all = words[id.x];
      let a = Wide(all.x, all.y);
      let b = Wide(all.z, all.w);
      let made = ${value};
      result[id.x] = vec2<u32>(made.high, made.low);
    }`);
  const inputs = [Uint32Array.from(draws.flat())];
  const words = await (device as WgslDevice).run({ code, inputs, words: 2 * draws.length, groups: 4 });
  return draws.map((_, i) => (BigInt(words[2 * i]) << 32n) | BigInt(words[2 * i + 1]));
}

const wideOf = (high: number, low: number): bigint => (BigInt(high) << 32n) | BigInt(low);
const expected = (of: (a: bigint, b: bigint) => bigint): bigint[] =>
  draws.map(([a, b, c, d]) => BigInt.asUintN(64, of(wideOf(a, b), wideOf(c, d))));
const lowOf = (a: bigint): bigint => a & 0xffffffffn;

test("sums and differences carry", async () => {
  expect(await computed(wgsl`${plus}(a, b)`)).toEqual(expected((a, b) => a + b));
  expect(await computed(wgsl`${minus}(a, b)`)).toEqual(expected((a, b) => a - b));
});

test("which is larger", async () => {
  expect(await computed(wgsl`Wide(select(0u, 1u, ${exceeds}(a, b)), select(0u, 1u, ${exceeds}(a, a)))`)).toEqual(
    expected((a, b) => (a > b ? 1n << 32n : 0n)),
  );
});

test("products with a word, and shares", async () => {
  expect(await computed(wgsl`${times}(a, b.low)`)).toEqual(expected((a, b) => a * lowOf(b)));
  expect(await computed(wgsl`${share}(a, b.low)`)).toEqual(expected((a, b) => (a * lowOf(b)) >> 32n));
});

test("numbers below 1 as fractions of 2^32", async () => {
  const floats = [0, 0.5, 0.75, 2 ** -32, 1 - 2 ** -24, Math.fround(0.9), Math.fround(0.1)];
  const code = moduleText(wgsl`
    @group(0) @binding(0) var<storage, read> x: array<f32>;
    @group(0) @binding(1) var<storage, read_write> result: array<u32>;
    @compute @workgroup_size(${floats.length})
    fn main(@builtin(local_invocation_index) lane: u32) { result[lane] = ${fractionOf}(x[lane]); }`);
  const inputs = [new Uint32Array(Float32Array.from(floats).buffer)];
  const words = await (device as WgslDevice).run({ code, inputs, words: floats.length, groups: 1 });
  expect([...words]).toEqual(floats.map((x) => Math.floor(x * 2 ** 32)));
});

test("sums that threads share", async () => {
  const [THREADS, SUMS] = [100, 3];
  const { clearSum, addTo, sumAt } = wideSums(SUMS);
  const code = moduleText(wgsl`
    @group(0) @binding(0) var<storage, read> words: array<vec4<u32>>;
    @group(0) @binding(1) var<storage, read_write> result: array<vec2<u32>>;
    @compute @workgroup_size(${THREADS})
    fn main(@builtin(local_invocation_index) lane: u32) {
      if (lane < ${SUMS}u) { ${clearSum}(lane); }
      workgroupBarrier();
      for (var i = lane; i < ${draws.length}u; i += ${THREADS}u) {
        ${addTo}(i % ${SUMS}u, Wide(words[i].x, words[i].y));
        ${addTo}(i % ${SUMS}u, Wide(words[i].z, words[i].w));
      }
      workgroupBarrier();
      if (lane < ${SUMS}u) {
        let sum = ${sumAt}(lane);
        result[lane] = vec2<u32>(sum.high, sum.low);
      }
    }`);
  const inputs = [Uint32Array.from(draws.flat())];
  const words = await (device as WgslDevice).run({ code, inputs, words: 2 * SUMS, groups: 1 });
  const sums = [0n, 0n, 0n];
  draws.forEach(([a, b, c, d], i) => (sums[i % SUMS] += wideOf(a, b) + wideOf(c, d)));
  expect(sums.map((_, i) => wideOf(words[2 * i], words[2 * i + 1]))).toEqual(
    sums.map((sum) => BigInt.asUintN(64, sum)),
  );
});
