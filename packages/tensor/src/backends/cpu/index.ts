import type { Backend } from "../../backend.ts";
import { HostBackend } from "../host-backend.ts";
import { coreKernels } from "../reference/core.ts";

/** Placeholder: the reference's core kernels, fused ops by composition. */
export function createCpuBackend(): Backend {
  return new HostBackend("cpu", coreKernels, (op) => op in coreKernels);
}
