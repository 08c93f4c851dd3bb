import { createCpuBackend } from "@helium-lm/tensor/backends/cpu";
import { createReferenceBackend } from "@helium-lm/tensor/backends/reference";
import type { ConformanceOptions } from "@helium-lm/tensor/conformance/options";
import { deviceConformance } from "./device-options.ts";

/** The backends of tensor that run in Node, as the suite runs them for the matrix in the docs. */
export const conformanceBackends = {
  reference: { name: "reference", create: createReferenceBackend, bitExactRows: true, skip: [] },
  cpu: { name: "cpu", create: createCpuBackend, bitExactRows: true, skip: [] },
  wasm: {
    name: "wasm",
    create: async () => (await import("@helium-lm/tensor/backends/wasm")).createWasmBackend({ threads: 1 }),
    bitExactRows: true,
    skip: [],
  },
  "gpujs-cpu": {
    ...deviceConformance("cpu"),
    create: async () => (await import("@helium-lm/tensor/backends/gpujs")).createGpuJsBackend({ mode: "cpu" }),
  },
} satisfies Readonly<Record<string, ConformanceOptions>>;
