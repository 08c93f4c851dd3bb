/**
 * node mutation-worker.ts <sources> <backend> <op>: runs the conformance suite of a copy of the tensor sources on one
 * backend until a test fails, the op's own tests first. Prints the failed test's title, or nothing where all pass.
 */
import { pathToFileURL } from "node:url";
import type { Backend } from "../../packages/tensor/src/contract/backend.ts";
import type * as Backends from "../../packages/tensor/src/backends/wasm/backend.ts";
import type * as Devices from "../../packages/tensor/src/backends/wasm/kernel-context.ts";
import type * as Modules from "../../packages/tensor/src/backends/wasm/module.ts";
import type * as Instance from "../../packages/tensor/src/backends/wasm/instance.ts";
import type * as Conformance from "../../packages/tensor/src/conformance/run-conformance.ts";
import type * as Registry from "../../packages/tensor/src/backends.ts";
import type * as Adapters from "../../packages/tensor/src/backends/webgpu/device/adapter.ts";
import type * as WebGpu from "../../packages/tensor/src/backends/webgpu/backend.ts";
import type * as GpuDevices from "../../packages/tensor/src/backends/webgpu/device/device.ts";
import type * as GpuFeatures from "../../packages/tensor/src/backends/webgpu/features/features.ts";
import type { WebGpuBackendOptions } from "../../packages/tensor/src/backends/webgpu/options.ts";
import type { CaseOp } from "../../packages/tensor/src/conformance/case.ts";

const [sources, name, op] = process.argv.slice(2) as [string, string, CaseOp];
const load = (file: string): Promise<unknown> => import(pathToFileURL(`${sources}/${file}`).href);
const { runConformance } = (await load("conformance/run-conformance.ts")) as typeof Conformance;
const { createBackend } = (await load("backends.ts")) as typeof Registry;

/** Without the self-test, which would find most bugs before the suite. */
async function createWasm(): Promise<Backend> {
  const { createInstance } = (await load("backends/wasm/instance.ts")) as typeof Instance;
  const { KernelContext } = (await load("backends/wasm/kernel-context.ts")) as typeof Devices;
  const { WasmBackend } = (await load("backends/wasm/backend.ts")) as typeof Backends;
  const { compileKernels } = (await load("backends/wasm/module.ts")) as typeof Modules;
  const module = await compileKernels({ build: "relaxed", codegen: "plain", shared: false });
  const { arena, executor } = await createInstance(module, 1, 2 ** 32);
  return new WasmBackend(new KernelContext(arena, executor, "relaxed"), executor, "relaxed", 2 ** 32, {
    backend: "wasm",
  });
}

/** On a software device, taken for what it is or for a card, with optional features or without: they have kernels of their own. */
async function createWebGpu(isFallback: boolean, options: WebGpuBackendOptions): Promise<Backend> {
  const { openDevice } = (await load("backends/webgpu/device/adapter.ts")) as typeof Adapters;
  const { Device } = (await load("backends/webgpu/device/device.ts")) as typeof GpuDevices;
  const { Features } = (await load("backends/webgpu/features/features.ts")) as typeof GpuFeatures;
  const { WebGpuBackend } = (await load("backends/webgpu/backend.ts")) as typeof WebGpu;
  const flags = "enable-dawn-features=allow_unsafe_apis,disable_workgroup_init";
  const device = Object.assign(new Device(await openDevice({ ...options, dawnFlags: [flags] })), { isFallback });
  return new WebGpuBackend(device, false, new Features(device, options));
}

/** Shaders do nothing for other ops, and compiling them takes the time. */
async function runOnWebGpu(): Promise<void> {
  const devices = [[true], [false, { features: "none" }], [false, { activations: "rounded" }]] as const;
  for (const [isFallback, features = {}] of devices) {
    const options = { name, runs: 4, flushesSubnormals: "the device computes without subnormals" };
    if (failed === "")
      await runConformance({ ...options, create: () => createWebGpu(isFallback, features), only: { op } }, listener);
  }
}

let failed = "";
const create = name === "wasm" ? createWasm : () => createBackend(name);
const options = { name, create, bitExactRows: true };
const listener: Conformance.RunListener = {
  onOutcome({ op: of, title, status }) {
    if (status === "failed") failed = `${of} ${title}`;
    return status !== "failed";
  },
};
if (name === "webgpu") {
  await runOnWebGpu();
  console.log(failed);
  // The driver keeps threads.
  process.exit(0);
}
await runConformance({ ...options, only: { op } }, listener);
// The kernels in WebAssembly that bugs are planted in do nothing for other ops, whose tests take ten minutes.
const others: readonly CaseOp[] = ["quantMatmul", "gatherQuant", "linear", "attention", "softmax"];
if (failed === "" && name === "wasm")
  for (const other of others) if (failed === "") await runConformance({ ...options, only: { op: other } }, listener);
if (failed === "" && name !== "wasm") await runConformance(options, listener);
console.log(failed);
