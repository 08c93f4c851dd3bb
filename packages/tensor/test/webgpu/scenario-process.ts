import { createCpuBackend } from "@helium-lm/tensor/backends/cpu";
import { openDevice } from "../../src/backends/webgpu/adapter.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { Device } from "../../src/backends/webgpu/device.ts";
import { differenceOf, scenarios, SMALL } from "./kernel-scenarios.ts";

const dawnFlags = ["enable-dawn-features=allow_unsafe_apis,disable_workgroup_init"];

/** A backend that takes its device for a card, or for a processor that plays one: they have kernels of their own. */
async function backendOn(isFallback: boolean): Promise<WebGpuBackend> {
  const device = new Device(await openDevice({ dawnFlags }), SMALL);
  return new WebGpuBackend(Object.assign(device, { isFallback }), false);
}

/** Runs all scenarios on webgpu and on cpu and tells the parent how they differ. */
const backends = { card: await backendOn(false), software: await backendOn(true) };
const cpu = createCpuBackend();
for (const scenario of scenarios) {
  const reason = await differenceOf(scenario, backends[scenario.device], cpu).catch(String);
  process.send?.({ name: scenario.name, reason });
}
const handles = backends.card.memory().handles + backends.software.memory().handles;
process.send?.({ name: "nothing is left on the devices", reason: handles === 0 ? null : `${handles} storages` });
backends.card.dispose();
backends.software.dispose();
process.disconnect();
