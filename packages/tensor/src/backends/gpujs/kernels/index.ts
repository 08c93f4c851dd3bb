import type { Operand, QuantOperand } from "../../../backend.ts";
import type { CoreKernels, FusedKernels, QuantKernels } from "../../../kernels.ts";
import type { Runtime } from "../runtime.ts";
import { attentionKernels } from "./attention.ts";
import { elementwiseKernels } from "./core-elementwise.ts";
import { creationKernels } from "./creation.ts";
import { gatedActivationKernels } from "./gated-activation.ts";
import { gatherKernels } from "./gather.ts";
import { productKernels } from "./matmul.ts";
import { quantKernels } from "./quant.ts";
import { reduceKernels } from "./reduce.ts";
import { ropeKernels } from "./rope.ts";
import { rowKernels } from "./row-ops.ts";
import { sliceUpdateKernels } from "./slice-update.ts";

type GpuJsKernels = CoreKernels & FusedKernels & QuantKernels;
type Input = Operand | QuantOperand;
type AnyKernel = (out: Operand, inputs: Readonly<Record<string, Input | undefined>>, params: object) => void;

/** The kernels of GPU.js' backend: all ops. */
export function gpuJsKernels(runtime: Runtime): GpuJsKernels {
  const kernels: GpuJsKernels = {
    ...creationKernels(runtime),
    ...elementwiseKernels(runtime),
    ...reduceKernels(runtime),
    ...productKernels(runtime),
    ...gatherKernels(runtime),
    ...sliceUpdateKernels(runtime),
    ...rowKernels(runtime),
    ...ropeKernels(runtime),
    ...gatedActivationKernels(runtime),
    ...attentionKernels(runtime),
    ...quantKernels(runtime),
  };
  const entries = Object.entries(kernels) as [string, AnyKernel][];
  return Object.fromEntries(entries.map(([op, kernel]) => [op, pinned(kernel)])) as unknown as GpuJsKernels;
}

/** Operands are tensors, which may be disposed before queued work runs: the work gets their handles and layouts. */
function pinned(kernel: AnyKernel): AnyKernel {
  const pin = (operand: Input): Input => {
    const { handle } = operand;
    if (!("format" in operand)) return { handle, layout: operand.layout, dtype: operand.dtype };
    const { format, firstRow, rows, columns } = operand;
    return { handle, format, firstRow, rows, columns };
  };
  return (out, inputs, params) => {
    const pins = Object.entries(inputs).map(([name, operand]) => [name, operand && pin(operand)] as const);
    kernel(pin(out) as Operand, Object.fromEntries(pins), { ...params });
  };
}
