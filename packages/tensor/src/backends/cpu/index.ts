import type { Backend, OpDTypes } from "../../backend.ts";
import { isFloat } from "../../dtype.ts";
import type { OpName } from "../../kernels.ts";
import { HostBackend } from "../host-backend.ts";
import { createKernels } from "./kernels/index.ts";

/**
 * Typed-array backend: no WASM, no build step, any JavaScript engine. Products run through packed register tiles, decode
 * steps through a matvec that reads f32, f16 and bf16 weights in place; every sum is one f64 accumulator in a fixed
 * order, so a row never depends on the rows beside it. One thread.
 */
export function createCpuBackend(): Backend {
  return new HostBackend("cpu", createKernels(), supports);
}

/** Inputs of the fused ops that may be stored in any float dtype beside f32 activations. */
const stored: ReadonlySet<string> = new Set(["weight", "bias", "keys", "values"]);

/** Ops that take f32 activations only. */
const fused: ReadonlySet<OpName> = new Set<OpName>([
  "softmax",
  "rmsNorm",
  "layerNorm",
  "rope",
  "gatedActivation",
  "linear",
  "attention",
  "quantMatmul",
  "gatherQuant",
]);

/** Core ops take every dtype. Fused ops take f32 activations; others are composed, which rounds as the formula says. */
function supports(op: OpName, { out, inputs }: OpDTypes): boolean {
  if (!fused.has(op)) return true;
  if (out !== "f32") return false;
  for (const name in inputs) {
    const dtype = inputs[name];
    if (dtype === undefined || name === "tables" || name === "mask" || name === "indices") continue;
    if (stored.has(name) ? !isFloat(dtype) : dtype !== "f32") return false;
  }
  return true;
}
