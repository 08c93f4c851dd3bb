import { kernelEntry, type KernelTable } from "../../../contract/kernel-table.ts";
import { dtypeNames } from "../../../dtypes/dtype.ts";
import { f32 } from "../../host/accepts.ts";
import type { KernelContext } from "../kernel-context.ts";
import { createBinary } from "./binary.ts";
import { createFill } from "./fill.ts";
import { createMatmul } from "./matmul.ts";

const none = {
  arange: [],
  copy: [],
  cast: [],
  unary: [],
  compare: [],
  where: [],
  reduce: [],
  gather: [],
  sliceUpdate: [],
};

/** All kernels, beside what they take. */
export function webGpuKernels(context: KernelContext): KernelTable {
  return {
    ...none,
    fill: [kernelEntry({ out: dtypeNames }, createFill(context))],
    binary: [
      kernelEntry({ out: f32, a: f32, b: f32 }, createBinary(context), {
        says: "op add",
        holds: (_, { op }) => op === "add",
      }),
    ],
    matmul: [kernelEntry({ out: f32, a: f32, b: f32 }, createMatmul(context))],
  };
}
