import type { Backend } from "@helium-lm/tensor";
import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { createWebGpuBackend, WebGpuBackend } from "@helium-lm/tensor/backends/webgpu";
import type { ConformanceOptions } from "@helium-lm/tensor/conformance/options";
import type { BackendReport, Outcome } from "@helium-lm/tensor/conformance/report";
import { runConformance } from "@helium-lm/tensor/conformance/run-conformance";
import { openDevice } from "../../packages/tensor/src/backends/webgpu/device/adapter.ts";
import { Device } from "../../packages/tensor/src/backends/webgpu/device/device.ts";
import { Features } from "../../packages/tensor/src/backends/webgpu/features/features.ts";
import { deviceConformance, isWebGpu, type DeviceMode } from "./device-options.ts";

/** What to run; the size of the run where it is not the mode's own. */
export interface DeviceTask extends Pick<ConformanceOptions, "runs" | "seed" | "only"> {
  readonly mode: DeviceMode;
}

export interface DeviceRun {
  readonly report: BackendReport;
  /** What the backend says of itself when all is done: what is on the device then has leaked. */
  readonly info: BackendReport["info"];
}

/** Clearing the memory of workgroups, on which no kernel here relies, makes SwiftShader ten times slower to compile. */
const dawnFlags = ["enable-dawn-features=allow_unsafe_apis,disable_workgroup_init"];

async function createFor(mode: DeviceMode): Promise<Backend> {
  if (mode === "wgsl") return createWebGpuBackend({ dawnFlags });
  if (!isWebGpu(mode)) return createGpuJsBackend({ mode });
  const device = Object.assign(new Device(await openDevice({ dawnFlags })), { isFallback: false });
  if (mode === "wgsl lavapipe" && !device.features.has("shader-f16")) throw new Error("its device has no shader-f16");
  return new WebGpuBackend(device, false, new Features(device, { activations: "rounded" }));
}

/** Runs the conformance suite on a device of this realm, a page or a process. */
export async function runDeviceConformance(
  { mode, ...chosen }: DeviceTask,
  onOutcome: (outcome: Outcome) => void,
): Promise<DeviceRun> {
  const backend = await createFor(mode);
  const options = { ...deviceConformance(mode), ...chosen, create: () => backend };
  const { report } = await runConformance(options, { onOutcome });
  // The suite has disposed the backend; the queue of gpujs may not be empty yet.
  if (!isWebGpu(mode)) await backend.synchronize();
  return { report, info: backend.info() };
}
