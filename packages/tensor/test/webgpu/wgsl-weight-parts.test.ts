import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { blockFormulas } from "@helium-lm/tensor/conformance/formulas/quant-formulas";
import { roundTo } from "@helium-lm/tensor/conformance/formulas/number-format";
import { Rng } from "@helium-lm/tensor";
import { quantFormatNames } from "@helium-lm/tensor/quant/formats";
import { shardsOf, takePlane, UNIT } from "../../src/backends/webgpu/storages/quant-layout.ts";
import { partWeights } from "../../src/backends/webgpu/wgsl/part-reader.ts";
import { partReaders } from "../../src/backends/webgpu/wgsl/weight-parts.ts";
import { moduleText, wgsl } from "../../src/backends/webgpu/wgsl/tag.ts";
import { needDevice, startWgsl, type WgslDevice } from "./wgsl-device.ts";
import { blockFormats } from "../../src/backends/webgpu/wgsl/block-formats.ts";

let device: WgslDevice | null;
beforeAll(async () => void (device = await startWgsl()));
beforeEach(({ skip }) => needDevice(device !== null, skip));
afterAll(() => device?.close());

const BLOCKS = 7;
const halves = [0, 0x8000, 1, 0x8001, 0x0400, 0x7bff, 0x3c00, 0x2e66, 0xb123];

test.each(quantFormatNames)("every weight of %s is that of its formula", async (format) => {
  const { bytes, weights, scales, weight } = blockFormulas[format];
  const rng = new Rng(3);
  const blocks = Uint8Array.from({ length: BLOCKS * bytes }, () => Math.floor(rng.uniform() * 256));
  for (let b = 0; b < BLOCKS; b++)
    for (const offset of scales) {
      const half = halves[Math.floor(rng.uniform() * halves.length)];
      blocks.set([half & 255, half >> 8], b * bytes + offset);
    }
  const [shard] = shardsOf(format, BLOCKS, weights, 2 ** 20);
  const memory = new Uint16Array((shard?.bytes ?? 0) / 2);
  blockFormats[format].planes.forEach((plane, i) =>
    memory.set(takePlane(format, plane, blocks), (shard?.planes[i] ?? 0) / 2),
  );
  const word = (plane: number, index: string) => wgsl`words[${(shard?.planes[plane] ?? 0) / 4}u + ${index}]`;
  const count = (BLOCKS * weights) / UNIT;
  const [low, high] = partWeights(partReaders[format]);
  const code = moduleText(wgsl`
    @group(0) @binding(0) var<storage, read> words: array<u32>;
    @group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      let unit = id.x >> 2u;
      let part = id.x & 3u;
      if (unit >= ${count}u) { return; }
      ${partReaders[format].load("unit", "part", word)}
      result[8u * unit + part] = ${low};
      result[8u * unit + 4u + part] = ${high};
    }`);
  const inputs = [new Uint32Array(memory.buffer)];
  const words = await (device as WgslDevice).run({ code, inputs, words: count * UNIT, groups: Math.ceil(count / 16) });
  const got = new Float32Array(words.slice().buffer);
  got.forEach((value, i) => {
    const b = Math.floor(i / weights);
    const [want] = weight(blocks.subarray(b * bytes, (b + 1) * bytes), i % weights);
    expect(value, `weight ${i}`).toBe(roundTo("f32", want));
  });
});
