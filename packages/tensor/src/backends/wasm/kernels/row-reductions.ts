import type { Operand } from "../../../contract/operand.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { FusedKernels, Kernel, ReduceOp } from "../../../contract/kernels.ts";
import { sizeOf } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";

const lastLength = ({ layout: { shape } }: Operand): number => shape[shape.length - 1];

/** Rows per chunk: about 16k elements. */
export const grain = (C: number): number => Math.ceil(16384 / Math.max(1, C));

const rowCount = (x: Operand): number => sizeOf(x.layout.shape.slice(0, -1));

export const createSoftmax =
  (context: KernelContext): FusedKernels["softmax"] =>
  (out, { x }) =>
    context.scoped(() => {
      const C = lastLength(x);
      context.words(0, context.address(out), context.dense(x), 0, 0, C);
      context.run("softmax", rowCount(x), grain(C));
    });

export const createRmsNorm =
  (context: KernelContext): FusedKernels["rmsNorm"] =>
  (out, { x, weight }, { eps, weightMode }) =>
    context.scoped(() => {
      const C = lastLength(x);
      const [from, scale] = [context.dense(x), context.wide(weight)];
      context.words(0, context.address(out), from, scale, 0, C);
      context.float(5, eps);
      context.float(6, weightMode === "one-plus" ? 1 : 0);
      context.run("rmsNorm", rowCount(x), grain(C));
    });

export const createLayerNorm =
  (context: KernelContext): FusedKernels["layerNorm"] =>
  (out, { x, weight, bias }, { eps }) =>
    context.scoped(() => {
      const C = lastLength(x);
      const [from, scale, shift] = [context.dense(x), context.wide(weight), bias ? context.wide(bias) : 0];
      context.words(0, context.address(out), from, scale, shift, C);
      context.float(5, eps);
      context.run("layerNorm", rowCount(x), grain(C));
    });

const reduceCodes: { readonly [K in ReduceOp]: number } = { sum: 0, max: 1, argmax: 2 };

export const hasElements: Condition<"reduce"> = {
  says: "rows of at least one element",
  holds: ({ x }) => lastLength(x) > 0,
};

export const createReduce =
  (context: KernelContext): Kernel<"reduce"> =>
  (out, { x }, { op }) =>
    context.scoped(() => {
      const C = lastLength(x);
      context.words(0, context.address(out), context.dense(x), 0, 0, C);
      context.words(7, reduceCodes[op]);
      context.run("reduce", rowCount(x), grain(C));
    });
