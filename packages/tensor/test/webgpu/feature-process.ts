// Tries the kernels of optional features on a software device taken for a card, and tells the parent what came of it: all trials, or
// those that the arguments name.
import { openDevice } from "../../src/backends/webgpu/device/adapter.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { Device } from "../../src/backends/webgpu/device/device.ts";
import { Features } from "../../src/backends/webgpu/features/features.ts";
import type { WebGpuBackendOptions } from "../../src/backends/webgpu/options.ts";
import { tellParent } from "../../../../testing/tell-parent.ts";
import { featureTrials, playingF16, type FeatureOutcome } from "./feature-trials.ts";

const dawnFlags = ["enable-dawn-features=allow_unsafe_apis,disable_workgroup_init"];

async function outcomeOf(name: string, options: WebGpuBackendOptions, rewrite: (code: string) => string) {
  const found = new Device(await openDevice({ ...options, dawnFlags }));
  const isPlayed = !found.features.has("shader-f16");
  const features = new Set([...found.features, "shader-f16"]);
  const device = Object.assign(found, { isFallback: false, features });
  const { gpu } = device;
  const createShaderModule = gpu.createShaderModule.bind(gpu);
  let rewritten = 0;
  gpu.createShaderModule = (given) => {
    const code = rewrite(given.code);
    if (code !== given.code) rewritten++;
    return createShaderModule({ ...given, code: isPlayed ? playingF16(code) : code });
  };
  const backend = new WebGpuBackend(device, false, new Features(device, options));
  await backend.testFeatures();
  const { features: used, unusedFeatures } = backend.info();
  const { handles } = backend.memory();
  backend.dispose();
  const outcome: FeatureOutcome = { name, features: used, unusedFeatures, handles, rewritten, isPlayed };
  await tellParent(outcome);
}

const names = process.argv.slice(2);
for (const { name, options, rewrite } of featureTrials)
  if (names.length === 0 || names.includes(name)) await outcomeOf(name, options, rewrite);
process.disconnect();
