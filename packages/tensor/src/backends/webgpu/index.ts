import { findAdapter, openDevice } from "./device/adapter.ts";
import { WebGpuBackend } from "./backend.ts";
import { Device } from "./device/device.ts";
import { Features } from "./features/features.ts";
import { checkWebGpuOptions, type WebGpuBackendOptions } from "./options.ts";

export { WebGpuBackend } from "./backend.ts";
export type { WebGpuBackendOptions } from "./options.ts";
export type { KernelProfile, Profile } from "./profiling/profile.ts";
export type { Roof } from "./profiling/roof.ts";

/**
 * The WebGPU backend: our own WGSL, in pages and workers with `navigator.gpu`, and in Node through the optional package
 * `webgpu`. See `info()` for what really runs.
 *
 * @throws BackendError where there is no adapter; ArgumentError for bad options
 */
export async function createWebGpuBackend(options: WebGpuBackendOptions = {}): Promise<WebGpuBackend> {
  checkWebGpuOptions(options);
  return webGpuOn(await findAdapter(options), options);
}

/** The backend on an adapter, which is used up by it. @throws BackendError where it gives no device */
export async function webGpuOn(adapter: GPUAdapter, options: WebGpuBackendOptions = {}): Promise<WebGpuBackend> {
  const device = new Device(await openDevice(options, adapter), options.maxStorageBytes);
  const backend = new WebGpuBackend(device, options.debug ?? false, new Features(device, options));
  await backend.testFeatures();
  return backend;
}
