import { kernelEntry, type KernelTable } from "../../../contract/kernel-table.ts";
import { dtypeNames } from "../../../dtypes/dtype.ts";
import { anyDType, f32 } from "../../host/accepts.ts";
import type { KernelContext } from "../kernel-context.ts";
import { createArange } from "./arange.ts";
import { createFill } from "./fill.ts";
import { createGather } from "./gather.ts";
import { mapKernels } from "./maps.ts";
import { createMatmul } from "./matmul.ts";

/** All kernels, beside what they take. */
export function webGpuKernels(context: KernelContext): KernelTable {
  return {
    reduce: [],
    fill: [kernelEntry({ out: dtypeNames }, createFill(context))],
    arange: [kernelEntry(anyDType.arange, createArange(context))],
    copy: [kernelEntry(anyDType.copy, mapKernels.copy(context))],
    cast: [kernelEntry(anyDType.cast, mapKernels.cast(context))],
    unary: [kernelEntry(anyDType.unary, mapKernels.unary(context))],
    binary: [kernelEntry(anyDType.binary, mapKernels.binary(context))],
    compare: [kernelEntry(anyDType.compare, mapKernels.compare(context))],
    where: [kernelEntry(anyDType.where, mapKernels.where(context))],
    matmul: [kernelEntry({ out: f32, a: f32, b: f32 }, createMatmul(context))],
    gather: [kernelEntry(anyDType.gather, createGather(context))],
    sliceUpdate: [kernelEntry(anyDType.sliceUpdate, mapKernels.sliceUpdate(context))],
  };
}
