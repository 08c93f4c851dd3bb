import type { Operand } from "../../../contract/operand.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { FusedKernels, Kernel, ReduceOp } from "../../../contract/kernels.ts";
import { sizeOf } from "../../../layout.ts";
import type { Device } from "../device.ts";

const lastLength = ({ layout: { shape } }: Operand): number => shape[shape.length - 1];

/** Rows per chunk: about 16k elements. */
export const grain = (C: number): number => Math.ceil(16384 / Math.max(1, C));

const rowCount = (x: Operand): number => sizeOf(x.layout.shape.slice(0, -1));

export const createSoftmax =
  (device: Device): FusedKernels["softmax"] =>
  (out, { x }) =>
    device.scoped(() => {
      const C = lastLength(x);
      device.words(0, device.address(out), device.dense(x), 0, 0, C);
      device.run("softmax", rowCount(x), grain(C));
    });

export const createRmsNorm =
  (device: Device): FusedKernels["rmsNorm"] =>
  (out, { x, weight }, { eps, weightMode }) =>
    device.scoped(() => {
      const C = lastLength(x);
      const [from, scale] = [device.dense(x), device.wide(weight)];
      device.words(0, device.address(out), from, scale, 0, C);
      device.float(5, eps);
      device.float(6, weightMode === "one-plus" ? 1 : 0);
      device.run("rmsNorm", rowCount(x), grain(C));
    });

export const createLayerNorm =
  (device: Device): FusedKernels["layerNorm"] =>
  (out, { x, weight, bias }, { eps }) =>
    device.scoped(() => {
      const C = lastLength(x);
      const [from, scale, shift] = [device.dense(x), device.wide(weight), bias ? device.wide(bias) : 0];
      device.words(0, device.address(out), from, scale, shift, C);
      device.float(5, eps);
      device.run("layerNorm", rowCount(x), grain(C));
    });

const reduceCodes: { readonly [K in ReduceOp]: number } = { sum: 0, max: 1, argmax: 2 };

export const hasElements: Condition<"reduce"> = {
  says: "rows of at least one element",
  holds: ({ x }) => lastLength(x) > 0,
};

export const createReduce =
  (device: Device): Kernel<"reduce"> =>
  (out, { x }, { op }) =>
    device.scoped(() => {
      const C = lastLength(x);
      device.words(0, device.address(out), device.dense(x), 0, 0, C);
      device.words(7, reduceCodes[op]);
      device.run("reduce", rowCount(x), grain(C));
    });
