import type { GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import type { ConformanceOptions } from "@helium-lm/tensor/conformance/options";
import { skipQuant } from "@helium-lm/tensor/conformance/skip-quant";
import type { QuantFormatName } from "@helium-lm/tensor/quant";

/** Formats whose blocks the kernels read; matrices of the others are loaded as floats. */
const packed: readonly QuantFormatName[] = ["q8_0", "q4_0"];

/**
 * Where the suite runs on a device: gpujs in a mode, or `wgsl`, the webgpu backend; `wgsl card` is that which takes its device for a
 * graphics card and uses all optional features of it, `wgsl lavapipe` the same on Mesa's driver for processors.
 */
export type DeviceMode = GpuJsMode | keyof typeof webGpuNames;

const webGpuNames = {
  wgsl: "webgpu",
  "wgsl card": "webgpu with optional features",
  "wgsl lavapipe": "webgpu with optional features on lavapipe",
} as const;

export const isWebGpu = (mode: DeviceMode): mode is keyof typeof webGpuNames => mode in webGpuNames;

/** How gpujs in a mode, or the webgpu backend, is held to the conformance suite. */
export function deviceConformance(mode: DeviceMode): Omit<ConformanceOptions, "create"> {
  if (isWebGpu(mode))
    return {
      name: webGpuNames[mode],
      skip: [],
      flushesSubnormals: "the device computes without subnormals",
      runs: 1,
    };
  const onDevice = mode !== "cpu" && mode !== "webasm";
  return {
    name: `gpujs ${mode}`,
    skip: skipQuant("kept as blocks in q8_0 and q4_0 only, else loaded as floats", packed),
    ...(onDevice && { flushesSubnormals: "the device computes without subnormals" }),
    // Building kernels takes the time: in software here, a tenth of a second each.
    runs: mode === "cpu" ? 12 : mode === "webasm" ? 1 : 3,
  };
}
