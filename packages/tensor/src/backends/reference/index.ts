import type { Backend, OpDTypes } from "../../backend.ts";
import { isFloat } from "../../dtype.ts";
import type { OpName } from "../../kernels.ts";
import { HostBackend } from "../host-backend.ts";
import { coreKernels } from "./core.ts";
import { fusedKernels } from "./fused.ts";
import { quantKernels } from "./quant.ts";

/**
 * The backend that defines the ops: plain loops over indices, all arithmetic in f64, one rounding per output element.
 * Slow on purpose; use it to check other backends.
 */
export function createReferenceBackend(): Backend {
  return new HostBackend("reference", { ...coreKernels, ...fusedKernels, ...quantKernels }, supports);
}

/** Core ops take every dtype; fused ops take f32 activations beside weights of any float dtype. */
function supports(op: OpName, { out, inputs }: OpDTypes): boolean {
  if (op in coreKernels) return true;
  if (!(op in fusedKernels || op in quantKernels) || out !== "f32") return false;
  return Object.entries(inputs).every(([name, dtype]) => {
    if (!dtype || name === "tables" || name === "mask" || name === "indices") return true;
    return name === "weight" || name === "bias" || name === "keys" || name === "values"
      ? isFloat(dtype)
      : dtype === "f32";
  });
}
