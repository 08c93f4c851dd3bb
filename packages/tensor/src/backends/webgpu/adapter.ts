import { BackendError } from "../../errors.ts";
import { findGpu } from "./dawn.ts";
import { askedLimits } from "./limits.ts";
import type { WebGpuBackendOptions } from "./options.ts";

/** Features that kernels and profiles use where a device has them. */
const usedFeatures = ["subgroups", "timestamp-query"] as const;

export interface OpenDevice {
  readonly adapter: GPUAdapter;
  readonly device: GPUDevice;
}

/**
 * A device with all limits that its adapter has. An adapter gives one device only, so each call asks for another adapter.
 *
 * @throws BackendError where there is none
 */
export async function openDevice({
  powerPreference = "high-performance",
  features = "auto",
  dawnFlags,
}: WebGpuBackendOptions): Promise<OpenDevice> {
  const gpu = await findGpu(dawnFlags);
  if (typeof gpu === "string") throw new BackendError("webgpu", `is unavailable: ${gpu}, or use another backend`);
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (!adapter)
    throw new BackendError(
      "webgpu",
      "is unavailable: no adapter here; use a browser with WebGPU (Chromium on Linux: --enable-unsafe-webgpu), in Node a Vulkan driver (VK_ICD_FILENAMES names one, such as SwiftShader), or another backend",
    );
  const requiredLimits = Object.fromEntries(askedLimits.map((name) => [name, adapter.limits[name]]));
  const requiredFeatures = features === "none" ? [] : usedFeatures.filter((name) => adapter.features.has(name));
  try {
    return { adapter, device: await adapter.requestDevice({ requiredLimits, requiredFeatures }) };
  } catch (cause) {
    throw new BackendError("webgpu", "is unavailable: the adapter gives no device; use another backend", {}, { cause });
  }
}
