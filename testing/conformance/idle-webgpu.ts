import type { Backend } from "@helium-lm/tensor";
import { WebGpuBackend } from "../../packages/tensor/src/backends/webgpu/backend.ts";
import { Device } from "../../packages/tensor/src/backends/webgpu/device/device.ts";
import { idleGpu } from "../../packages/tensor/src/backends/webgpu/rehearsal/idle-device.ts";

/** The least that WebGPU lets a device have, but for the storages of a kernel. */
const limits = {
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxComputeWorkgroupStorageSize: 2 ** 14,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupsPerDimension: 65_535,
};

/**
 * The webgpu backend on a device that does nothing and hands out zeros: ops take the path they take on any device, in no
 * time and without a driver.
 *
 * @param storages that a kernel may use: attention on 8-bit pages takes nine
 */
export function createIdleWebGpu({ isFallback = false, storages = 10 } = {}): Backend {
  const info = { vendor: "", architecture: "", device: "idle", description: "", isFallbackAdapter: isFallback };
  const open = {
    adapter: { info } as GPUAdapter,
    device: idleGpu({ limits: { ...limits, maxStorageBuffersPerShaderStage: storages }, features: new Set() }),
    language: [],
  };
  return new WebGpuBackend(new Device(open), false);
}
