import { BackendError } from "../../../errors.ts";
import { findGpu } from "./dawn.ts";
import { askedLimits } from "./limits.ts";
import type { WebGpuBackendOptions } from "../options.ts";

/** Features that kernels and profiles use where a device has them, and those of the language, which need not be asked for. */
const usedFeatures = ["shader-f16", "subgroups", "timestamp-query"] as const;
const usedLanguage = ["packed_4x8_integer_dot_product"] as const;

export interface OpenDevice {
  readonly adapter: GPUAdapter;
  readonly device: GPUDevice;
  /** Features of WGSL that kernels may use. */
  readonly language: readonly string[];
}

/**
 * The adapter that the options ask for.
 *
 * @throws BackendError where there is none
 */
export async function findAdapter({
  powerPreference = "high-performance",
  dawnFlags,
}: Pick<WebGpuBackendOptions, "powerPreference" | "dawnFlags"> = {}): Promise<GPUAdapter> {
  const gpu = await findGpu(dawnFlags);
  if (typeof gpu === "string") throw new BackendError("webgpu", `is unavailable: ${gpu}, or use another backend`);
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (!adapter)
    throw new BackendError(
      "webgpu",
      "is unavailable: no adapter here; use a browser with WebGPU (Chromium on Linux: --enable-unsafe-webgpu), in Node a Vulkan driver (VK_ICD_FILENAMES names one, such as SwiftShader), or another backend",
    );
  return adapter;
}

/** Names of adapters that compute on the processor, where the browser does not say so itself. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i;

/** Whether an adapter is a program on the processor instead of a graphics card. */
export function isSoftware({ info }: Pick<GPUAdapter, "info">): boolean {
  const { isFallbackAdapter, architecture, device, description } = info;
  return isFallbackAdapter || softwareNames.test(`${architecture} ${device} ${description}`);
}

/**
 * A device with all limits that its adapter has. An adapter gives one device only, so each call without one asks for another.
 *
 * @throws BackendError where there is none
 */
export async function openDevice(options: WebGpuBackendOptions, given?: GPUAdapter): Promise<OpenDevice> {
  const adapter = given ?? (await findAdapter(options));
  const requiredLimits = Object.fromEntries(askedLimits.map((name) => [name, adapter.limits[name]]));
  const isAsked = options.features !== "none";
  const requiredFeatures = usedFeatures.filter((name) => isAsked && adapter.features.has(name));
  const language = isAsked ? await languageFeatures(options) : [];
  try {
    return { adapter, device: await adapter.requestDevice({ requiredLimits, requiredFeatures }), language };
  } catch (cause) {
    throw new BackendError("webgpu", "is unavailable: the adapter gives no device; use another backend", {}, { cause });
  }
}

async function languageFeatures({ dawnFlags }: WebGpuBackendOptions): Promise<string[]> {
  const gpu = await findGpu(dawnFlags);
  // Browsers of 2023 do not tell them.
  if (typeof gpu === "string" || !("wgslLanguageFeatures" in gpu)) return [];
  return usedLanguage.filter((name) => gpu.wgslLanguageFeatures.has(name));
}
