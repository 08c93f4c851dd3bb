import type { Backend } from "@helium-lm/tensor";
import { WebGpuBackend } from "../../packages/tensor/src/backends/webgpu/backend.ts";
import { Device } from "../../packages/tensor/src/backends/webgpu/device/device.ts";

/** The least that WebGPU lets a device have, but for storages a kernel may use: attention on 8-bit pages takes nine. */
const limits = {
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxComputeWorkgroupStorageSize: 2 ** 14,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxStorageBuffersPerShaderStage: 10,
};

const nothing = (): void => undefined;
const object = (): object => ({});
const soon = (): Promise<null> => Promise.resolve(null);

const buffer = ({ size }: GPUBufferDescriptor): object => ({
  ...{ size, destroy: nothing, mapAsync: soon, unmap: nothing },
  getMappedRange: (_: number, bytes: number) => new ArrayBuffer(bytes),
});

const pass = { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing };
const encoder = { beginComputePass: () => pass, copyBufferToBuffer: nothing, finish: object };

/** What a `GPUDevice` has that the backend calls. */
const device = {
  ...{ limits, features: [], lost: new Promise(nothing), destroy: nothing },
  ...{ pushErrorScope: nothing, popErrorScope: soon },
  ...{ createShaderModule: object, createComputePipeline: object, createComputePipelineAsync: soon },
  ...{ createBindGroupLayout: object, createPipelineLayout: object, createBindGroup: object },
  ...{ createBuffer: buffer, createCommandEncoder: () => encoder },
  queue: { writeBuffer: nothing, submit: nothing, onSubmittedWorkDone: soon },
};

/**
 * The webgpu backend on a device that does nothing and hands out zeros: ops take the path they take on any device, in no
 * time and without a driver.
 */
export function createIdleWebGpu({ isFallback = false } = {}): Backend {
  const info = { vendor: "", architecture: "", device: "idle", description: "", isFallbackAdapter: isFallback };
  const open = { adapter: { info } as GPUAdapter, device: device as unknown as GPUDevice, language: [] };
  return new WebGpuBackend(new Device(open), false);
}
