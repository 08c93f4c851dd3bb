/// <reference types="@webgpu/types" />
import type { WgslJob, WgslResult } from "./wgsl-messages.ts";

/** Runs shaders that the parent sends on a device of its own: SwiftShader's driver is found by variables of the environment. */
const dawn = (await import("webgpu")) as unknown as { create(flags: readonly string[]): GPU };
// Clearing workgroup memory, which kernels must not rely on here, makes compiling ten times slower.
const gpu = dawn.create(["enable-dawn-features=allow_unsafe_apis,disable_workgroup_init"]);
const adapter = await gpu.requestAdapter();
if (!adapter) throw new Error("no adapter");
const features = ["subgroups"].filter((name) => adapter.features.has(name)) as GPUFeatureName[];
const device = await adapter.requestDevice({ requiredFeatures: features });
const usage = { storage: 0x80, copySrc: 4, copyDst: 8, mapRead: 1 } as const;

async function run({ code, inputs, words, groups }: WgslJob): Promise<WgslResult> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code });
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter(({ type }) => type === "error");
  if (errors.length > 0) {
    await device.popErrorScope();
    return { error: errors.map(({ lineNum, message }) => `line ${lineNum}: ${message}`).join("\n") };
  }
  const groupLayout = device.createBindGroupLayout({
    entries: [...inputs, null].map((input, binding): GPUBindGroupLayoutEntry => {
      return { binding, visibility: 4, buffer: { type: input === null ? "storage" : "read-only-storage" } };
    }),
  });
  const layout = device.createPipelineLayout({ bindGroupLayouts: [groupLayout] });
  const pipeline = await device.createComputePipelineAsync({ layout, compute: { module } });
  const buffers = inputs.map((data) => {
    const buffer = device.createBuffer({ size: Math.max(4, data.byteLength), usage: usage.storage | usage.copyDst });
    device.queue.writeBuffer(buffer, 0, data as Uint32Array<ArrayBuffer>);
    return buffer;
  });
  const out = device.createBuffer({ size: 4 * words, usage: usage.storage | usage.copySrc });
  const copy = device.createBuffer({ size: 4 * words, usage: usage.copyDst | usage.mapRead });
  const group = device.createBindGroup({
    layout: groupLayout,
    entries: [...buffers, out].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(groups);
  pass.end();
  encoder.copyBufferToBuffer(out, 0, copy, 0, 4 * words);
  device.queue.submit([encoder.finish()]);
  const error = await device.popErrorScope();
  if (error) return { error: error.message };
  await copy.mapAsync(1);
  const result = new Uint32Array(copy.getMappedRange().slice(0));
  for (const buffer of [...buffers, out, copy]) buffer.destroy();
  return { words: result };
}

let last: Promise<unknown> = Promise.resolve();
process.on("message", (job: WgslJob) => {
  last = last.then(async () => process.send?.(await run(job).catch((error: unknown) => ({ error: String(error) }))));
});
// What Dawn's instance is collected with, while the device is in use, ends the process.
const held = [gpu, adapter, device];
process.on("disconnect", () => process.exit(held.length > 0 ? 0 : 1));
process.send?.({ words: new Uint32Array(0) });
