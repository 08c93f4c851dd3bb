import { createBackend, type Backend } from "@helium-lm/tensor";
import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { createIdleWebGpu } from "./idle-webgpu.ts";

/** Backends whose paths docs/conformance.md lists; `gpujs` takes the same ones in any mode. */
export const walkedBackends = {
  reference: () => createBackend("reference"),
  cpu: () => createBackend("cpu"),
  wasm: () => createWasmBackend({ threads: 1 }),
  webgpu: async () => createIdleWebGpu(),
  gpujs: () => createGpuJsBackend({ mode: "cpu" }),
} as const satisfies Readonly<Record<string, () => Promise<Backend>>>;
