import { createCpuBackend } from "@helium-lm/tensor/backends/cpu";
import { findAdapter, openDevice } from "../../src/backends/webgpu/device/adapter.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { Device } from "../../src/backends/webgpu/device/device.ts";
import { Features } from "../../src/backends/webgpu/features/features.ts";
import type { WebGpuBackendOptions } from "../../src/backends/webgpu/options.ts";
import { tellParent } from "../../../../testing/tell-parent.ts";
import { differenceOf, scenarios, SMALL } from "./scenarios/kernel-scenarios.ts";

const dawnFlags = ["enable-dawn-features=allow_unsafe_apis,disable_workgroup_init"];

/** A backend that takes its device for another one than it is. */
async function backendOn(isFallback: boolean, options: WebGpuBackendOptions = {}): Promise<WebGpuBackend> {
  const device = Object.assign(new Device(await openDevice({ ...options, dawnFlags }), SMALL), { isFallback });
  return new WebGpuBackend(device, false, new Features(device, options));
}

/** A backend on a device of which no limits were asked for. */
async function smallBackend(): Promise<WebGpuBackend> {
  const adapter = await findAdapter({ dawnFlags });
  // Scores of composed attention are one storage.
  const device = new Device({ adapter, device: await adapter.requestDevice(), language: [] }, 2 * SMALL);
  return new WebGpuBackend(device, false, new Features(device, { features: "none" }));
}

/** Runs all scenarios on webgpu and on cpu and tells the parent how they differ. */
const backends = {
  "plain card": await backendOn(false, { features: "none" }),
  card: await backendOn(false),
  "rounding card": await backendOn(false, { activations: "rounded" }),
  small: await smallBackend(),
  software: await backendOn(true),
};
const cpu = createCpuBackend();
for (const scenario of scenarios) {
  const reason = await differenceOf(scenario, backends[scenario.device], cpu).catch(String);
  await tellParent({ name: scenario.name, reason });
}
const handles = Object.values(backends).reduce((sum, backend) => sum + backend.memory().handles, 0);
await tellParent({ name: "nothing is left on the devices", reason: handles === 0 ? null : `${handles} storages` });
for (const backend of Object.values(backends)) backend.dispose();
process.disconnect();
