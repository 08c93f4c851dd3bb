import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { smallestNormal, specialValues } from "@helium-lm/tensor/conformance/formulas/number-format";
import { keys } from "../../src/backends/webgpu/wgsl/order.ts";
import { best, better, workgroupArgmax, workgroupMax, workgroupSum } from "../../src/backends/webgpu/wgsl/reduce.ts";
import { moduleText, wgsl, type Fragment } from "../../src/backends/webgpu/wgsl/tag.ts";
import { needDevice, startWgsl, type WgslDevice } from "./wgsl-device.ts";

let device: WgslDevice | null;
beforeAll(async () => void (device = await startWgsl()));
beforeEach(({ skip }) => needDevice(device !== null, skip));
afterAll(() => device?.close());

const THREADS = 32;
const tiny = smallestNormal("f32");

/** Rows of floats, ordinary and special ones, some short and some longer than a workgroup. */
const rows = fc
  .sample(
    fc.array(
      fc.oneof(fc.integer({ min: -4, max: 4 }), fc.float({ noNaN: true, min: -50, max: 50 }), {
        weight: 1,
        arbitrary: fc.constantFrom(...specialValues("f32")),
      }),
      { minLength: 1, maxLength: 80 },
    ),
    { numRuns: 150, seed: 5 },
  )
  .map((row) => row.map((x) => (Math.abs(x) < tiny ? 0 * Math.sign(x) : Math.fround(x))));
const WIDTH = 80;

/** Runs a workgroup per row; `each` takes in element x at column i, `after` gives the word of the result. */
async function reduceRows(declare: Fragment, each: Fragment, after: Fragment): Promise<Uint32Array> {
  const data = new Float32Array(rows.length * WIDTH);
  rows.forEach((row, r) => data.set(row, r * WIDTH));
  const code = moduleText(wgsl`
    @group(0) @binding(0) var<storage, read> data: array<u32>;
    @group(0) @binding(1) var<storage, read> lengths: array<u32>;
    @group(0) @binding(2) var<storage, read_write> result: array<u32>;
    @compute @workgroup_size(${THREADS})
    fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
      ${declare}
      for (var i = lane; i < lengths[group.x]; i += ${THREADS}u) {
        let x = bitcast<f32>(data[group.x * ${WIDTH}u + i]);
        ${each}
      }
      let total = ${after};
      if (lane == 0u) { result[group.x] = total; }
    }`);
  const inputs = [new Uint32Array(data.buffer), Uint32Array.from(rows, (row) => row.length)];
  return (device as WgslDevice).run({ code, inputs, words: rows.length, groups: rows.length });
}

const floats = (words: Uint32Array): Float32Array => new Float32Array(words.slice().buffer);

test("sums of rows", async () => {
  const got = floats(
    await reduceRows(wgsl`var sum = 0.0;`, wgsl`sum += x;`, wgsl`bitcast<u32>(${workgroupSum(THREADS)}(sum, lane))`),
  );
  rows.forEach((row, r) => {
    const [sum, size] = row.reduce(([s, a], x) => [s + x, a + Math.abs(x)] as [number, number], [0, 0]);
    if (size > 1e38) return;
    if (!Number.isFinite(sum)) return expect(got[r]).toBe(sum);
    expect(Math.abs(got[r] - sum)).toBeLessThanOrEqual(size * 2 ** -22);
  });
});

test("maxima of rows, NaN before all", async () => {
  const max = workgroupMax(THREADS);
  const got = floats(
    await reduceRows(
      wgsl`var key = 0u;`,
      wgsl`key = max(key, ${keys.f32.of}(x));`,
      wgsl`bitcast<u32>(${keys.f32.back}(${max}(key, lane)))`,
    ),
  );
  expect([...got].map((x) => x + 0)).toEqual(rows.map((row) => row.reduce((a, b) => Math.max(a, b)) + 0));
});

test("the first of the largest, where NaN is the largest", async () => {
  const got = await reduceRows(
    wgsl`var found = ${best}(0u, 0xffffffffu);`,
    wgsl`found = ${better}(found, ${best}(${keys.f32.of}(x), i));`,
    wgsl`${workgroupArgmax(THREADS)}(found, lane).index`,
  );
  const first = (row: readonly number[]): number => {
    const nan = row.findIndex((x) => Number.isNaN(x));
    return nan >= 0 ? nan : row.indexOf(Math.max(...row));
  };
  expect([...got]).toEqual(rows.map(first));
});

test("keys of integers keep their order", async () => {
  const code = moduleText(wgsl`
    @group(0) @binding(0) var<storage, read> numbers: array<i32>;
    @group(0) @binding(1) var<storage, read_write> result: array<u32>;
    @compute @workgroup_size(8)
    fn main(@builtin(local_invocation_index) lane: u32) {
      let key = ${keys.i32.of}(numbers[lane]);
      result[2u * lane] = key;
      result[2u * lane + 1u] = bitcast<u32>(${keys.i32.back}(key));
    }`);
  const numbers = [-(2 ** 31), -5, -1, 0, 1, 7, 2 ** 30, 2 ** 31 - 1];
  const inputs = [new Uint32Array(Int32Array.from(numbers).buffer)];
  const words = await (device as WgslDevice).run({ code, inputs, words: 16, groups: 1 });
  const made = numbers.map((_, i) => words[2 * i]);
  expect(made.toSorted((a, b) => a - b)).toEqual(made);
  expect(numbers.map((_, i) => words[2 * i + 1] | 0)).toEqual(numbers);
});
