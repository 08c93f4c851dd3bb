import { createCpuBackend } from "@helium-lm/tensor/backends/cpu";
import { createWebGpuBackend } from "@helium-lm/tensor/backends/webgpu";
import { differenceOf, scenarios, SMALL } from "./kernel-scenarios.ts";

/** Runs all scenarios on webgpu and on cpu and tells the parent how they differ. */
const dawnFlags = ["enable-dawn-features=allow_unsafe_apis,disable_workgroup_init"];
const large = await createWebGpuBackend({ dawnFlags });
const small = await createWebGpuBackend({ dawnFlags, maxStorageBytes: SMALL });
const cpu = createCpuBackend();
for (const scenario of scenarios) {
  const reason = await differenceOf(scenario, scenario.isSmall ? small : large, cpu).catch(String);
  process.send?.({ name: scenario.name, reason });
}
const handles = large.memory().handles + small.memory().handles;
process.send?.({ name: "nothing is left on the devices", reason: handles === 0 ? null : `${handles} storages` });
large.dispose();
small.dispose();
process.disconnect();
