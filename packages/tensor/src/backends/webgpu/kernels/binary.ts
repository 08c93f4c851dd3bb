import type { Kernel } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import { wgsl } from "../wgsl/tag.ts";
import { runElementwise, type ElementwiseOp } from "./elementwise.ts";

const add: ElementwiseOp = { name: "add", inputs: ["a", "b"], value: wgsl`a + b` };

export const createBinary =
  (context: KernelContext): Kernel<"binary"> =>
  (out, { a, b }) =>
    runElementwise(context, add, out, [a, b]);
