import { createCpuBackend } from "../src/backends/cpu/index.ts";
import { createReferenceBackend } from "../src/backends/reference/index.ts";
import type { ConformanceOptions } from "../src/conformance/options.ts";

/** The backends of this package as the conformance suite runs them, in tests and for the matrix in the docs. */
export const conformanceBackends = {
  reference: { name: "reference", create: createReferenceBackend, bitExactRows: true, skip: [] },
  cpu: { name: "cpu", create: createCpuBackend, bitExactRows: true, skip: [] },
} satisfies Readonly<Record<string, ConformanceOptions>>;
