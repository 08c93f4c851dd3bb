import type { Backend } from "../../contract/backend.ts";
import { tableOf } from "../../contract/kernel-table.ts";
import { anyDType, anyFormat, anyPages, anyRow, f32Logits, f32Activations } from "../host/accepts.ts";
import { logitsKernels } from "../host/logits.ts";
import { HostBackend } from "../host/host-backend.ts";
import { coreKernels } from "./core.ts";
import { fusedKernels, pageKernels } from "./fused.ts";
import { quantKernels } from "./quant.ts";
import { rowKernels } from "./row-order.ts";

/**
 * The backend that defines the ops: plain loops over indices, all arithmetic in f64, one rounding per output element.
 * Slow on purpose; use it to check other backends.
 */
export function createReferenceBackend(): Backend {
  return new HostBackend("reference", {
    ...tableOf(coreKernels, anyDType),
    ...tableOf(fusedKernels, f32Activations),
    ...tableOf(rowKernels, anyRow),
    ...tableOf(pageKernels, anyPages),
    ...tableOf(logitsKernels, f32Logits),
    ...tableOf(quantKernels, anyFormat),
  });
}
