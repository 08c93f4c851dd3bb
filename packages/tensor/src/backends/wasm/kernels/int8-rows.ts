import type { Operand } from "../../../contract/operand.ts";
import type { FusedKernels } from "../../../contract/kernels.ts";
import { sizeOf } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { KernelName } from "../kernel-names.ts";

export const createInt8Scales =
  (context: KernelContext): FusedKernels["int8Scales"] =>
  (out, { x }) =>
    context.scoped(() => run(context, "int8Scales", out, x, 0));

export const createInt8Levels =
  (context: KernelContext): FusedKernels["int8Levels"] =>
  (out, { x, scales }) =>
    context.scoped(() => run(context, "int8Levels", out, x, context.dense(scales)));

function run(context: KernelContext, kernel: KernelName, out: Operand, x: Operand, scales: number): void {
  const { shape } = x.layout;
  const D = shape[shape.length - 1];
  context.words(0, context.address(out), context.dense(x), scales, D);
  context.run(kernel, sizeOf(shape.slice(0, -1)), Math.ceil(16_384 / D));
}
