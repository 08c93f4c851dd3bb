import { createCpuBackend } from "../../src/backends/cpu/index.ts";
import { createReferenceBackend } from "../../src/backends/reference/index.ts";
import type { ConformanceOptions } from "../../src/conformance/options.ts";
import { gpuJsConformance } from "./gpujs-conformance.ts";

/** The backends of this package that run in Node, as the suite runs them for the matrix in the docs. */
export const conformanceBackends = {
  reference: { name: "reference", create: createReferenceBackend, bitExactRows: true, skip: [] },
  cpu: { name: "cpu", create: createCpuBackend, bitExactRows: true, skip: [] },
  wasm: {
    name: "wasm",
    create: async () => (await import("../../src/backends/wasm/index.ts")).createWasmBackend({ threads: 1 }),
    bitExactRows: true,
    skip: [],
  },
  "gpujs-cpu": {
    ...gpuJsConformance("cpu"),
    create: async () => (await import("../../src/backends/gpujs/index.ts")).createGpuJsBackend({ mode: "cpu" }),
  },
} satisfies Readonly<Record<string, ConformanceOptions>>;
