import type { Backend } from "../../contract/backend.ts";
import { HostBackend } from "../host/host-backend.ts";
import { createKernels } from "../host/kernels/index.ts";

/**
 * Typed-array backend: no WASM, no build step, any JavaScript engine. Products run through packed register tiles, decode
 * steps through a matvec that reads f32, f16 and bf16 weights in place; every sum is one f64 accumulator in a fixed
 * order, so a row never depends on the rows beside it. One thread.
 */
export function createCpuBackend(): Backend {
  return new HostBackend("cpu", createKernels());
}
