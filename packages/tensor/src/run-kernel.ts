import type { Backend } from "./contract/backend.ts";
import type { Operand } from "./contract/operand.ts";
import { BackendError } from "./errors.ts";
import { kernelFor } from "./contract/kernel-table.ts";
import type { OpName, OpSignatures } from "./contract/kernels.ts";
import { note } from "./trace.ts";

/**
 * Carries out a call into an existing output, by the kernel that takes it as it is; false where none does.
 *
 * @throws BackendError under `strict`, where that kernel runs on the host
 */
export function tryKernel<K extends OpName>(
  backend: Backend,
  op: K,
  out: Operand,
  inputs: OpSignatures[K]["inputs"],
  params: OpSignatures[K]["params"],
): boolean {
  const entry = kernelFor(backend, op, out.dtype, inputs, params, out);
  if (!entry) return false;
  note(backend, op, entry.path, { shape: out.layout.shape, dtype: out.dtype }, inputs);
  entry.run(out, inputs, params);
  return true;
}

/** As `tryKernel`. @throws BackendError also where no kernel takes the call */
export function runKernel<K extends OpName>(
  backend: Backend,
  op: K,
  out: Operand,
  inputs: OpSignatures[K]["inputs"],
  params: OpSignatures[K]["params"],
): void {
  if (!tryKernel(backend, op, out, inputs, params))
    throw new BackendError(op, `"${backend.name}" has no kernel for ${out.dtype}`, { backend: backend.name, op });
}
