import { moduleText, wgsl, type Fragment } from "../../src/backends/webgpu/wgsl/tag.ts";
import type { WgslDevice } from "./wgsl-device.ts";

const SIZE = 64;

/** Evaluates an expression on words `a` and `b` (u32), once for each pair; the result is a u32 too. */
export async function evaluateWords(
  device: WgslDevice,
  expression: (a: string, b: string) => Fragment,
  a: Uint32Array,
  b: Uint32Array = a,
): Promise<Uint32Array> {
  const code = moduleText(wgsl`
    @group(0) @binding(0) var<storage, read> a: array<u32>;
    @group(0) @binding(1) var<storage, read> b: array<u32>;
    @group(0) @binding(2) var<storage, read_write> result: array<u32>;
    @compute @workgroup_size(${SIZE})
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      let i = id.x;
      if (i >= arrayLength(&result)) { return; }
      result[i] = ${expression("a[i]", "b[i]")};
    }`);
  return device.run({ code, inputs: [a, b], words: a.length, groups: Math.ceil(a.length / SIZE) });
}

/** As `evaluateWords`, of floats. */
export async function evaluateFloats(
  device: WgslDevice,
  expression: (a: string, b: string) => Fragment,
  a: readonly number[] | Float32Array,
  b: readonly number[] | Float32Array = a,
): Promise<Float32Array> {
  const words = (values: readonly number[] | Float32Array) => new Uint32Array(Float32Array.from(values).buffer);
  const onFloats = (x: string, y: string) =>
    wgsl`bitcast<u32>(${expression(`bitcast<f32>(${x})`, `bitcast<f32>(${y})`)})`;
  return new Float32Array((await evaluateWords(device, onFloats, words(a), words(b))).slice().buffer);
}
