import { kernelEntry, type KernelTable } from "../../../contract/kernel-table.ts";
import { dtypeNames, type DType } from "../../../dtypes/dtype.ts";
import { anyDType, anyRow, eachAlone, f32, f32Activations, f32Logits, floats } from "../../host/accepts.ts";
import type { KernelContext } from "../kernel-context.ts";
import { attentionKernels } from "./attention/entries.ts";
import { createArange } from "./arange.ts";
import { createFill } from "./fill.ts";
import { createGatedActivation } from "./gated-activation.ts";
import { createGather } from "./gather.ts";
import { createInt8Levels, createInt8Scales } from "./int8-rows.ts";
import { createLinear } from "./linear.ts";
import { createLogProbsOf } from "./rows/log-probs-of.ts";
import { createLayerNorm, createRmsNorm } from "./rows/norms.ts";
import { createRope } from "./rope.ts";
import { ropeAppendKernels } from "./rope-append.ts";
import { createScatterRows } from "./scatter-rows.ts";
import { createSoftmax } from "./rows/softmax.ts";
import { createSampleTokens } from "./sampling/sample-tokens.ts";
import { createTakeFromRows } from "./rows/take-from-rows.ts";
import { createTopk } from "./rows/topk.ts";
import { createArgsort, createCumsum, createScatter } from "./rows/whole-rows.ts";
import { mapKernels } from "./maps.ts";
import { createReduce } from "./rows/reduce.ts";
import { createMatmul } from "./matmul.ts";
import { quantKernels } from "./quant/index.ts";
import { hasUnits } from "./quant/matrices.ts";
import { createProduct } from "./quant/products.ts";

const i32: readonly DType[] = ["i32"];
const i8: readonly DType[] = ["i8"];

/** All kernels, beside what they take. */
export function webGpuKernels(context: KernelContext): KernelTable {
  return {
    reduce: [kernelEntry(anyDType.reduce, createReduce(context))],
    fill: [kernelEntry({ out: dtypeNames }, createFill(context))],
    arange: [kernelEntry(anyDType.arange, createArange(context))],
    copy: [kernelEntry(anyDType.copy, mapKernels.copy(context))],
    cast: [kernelEntry(anyDType.cast, mapKernels.cast(context))],
    unary: [kernelEntry(anyDType.unary, mapKernels.unary(context))],
    binary: [kernelEntry(anyDType.binary, mapKernels.binary(context))],
    compare: [kernelEntry(anyDType.compare, mapKernels.compare(context))],
    where: [kernelEntry(anyDType.where, mapKernels.where(context))],
    matmul: [kernelEntry(anyDType.matmul, createMatmul(context))],
    gather: [kernelEntry(anyDType.gather, createGather(context))],
    sliceUpdate: [kernelEntry(anyDType.sliceUpdate, mapKernels.sliceUpdate(context))],
    softmax: [kernelEntry(f32Activations.softmax, createSoftmax(context))],
    rmsNorm: [kernelEntry({ out: f32, x: f32, weight: floats, residual: f32 }, createRmsNorm(context))],
    layerNorm: [kernelEntry(f32Activations.layerNorm, createLayerNorm(context))],
    rope: [kernelEntry(f32Activations.rope, createRope(context))],
    ropeAppend: ropeAppendKernels(context),
    gatedActivation: [kernelEntry(f32Activations.gatedActivation, createGatedActivation(context))],
    linear: [
      kernelEntry(f32Activations.linear, createProduct(context), {
        says: "rows of weights that lie one after the other, of a multiple of 32 columns",
        holds: ({ weight }) => hasUnits(weight),
      }),
      kernelEntry(f32Activations.linear, createLinear(context)),
    ],
    scatterRows: [kernelEntry({ out: dtypeNames, rows: dtypeNames, slots: i32 }, createScatterRows(context))],
    cumsum: [kernelEntry(anyRow.cumsum, createCumsum(context))],
    argsort: [kernelEntry(anyRow.argsort, createArgsort(context))],
    scatter: [kernelEntry(anyRow.scatter, createScatter(context))],
    topk: [kernelEntry({ out: i32, x: dtypeNames }, createTopk(context))],
    takeFromRows: [
      kernelEntry(
        eachAlone(dtypeNames, (one) => ({ out: one, x: one, indices: i32 })),
        createTakeFromRows(context),
      ),
    ],
    logProbsOf: [kernelEntry(f32Logits.logProbsOf, createLogProbsOf(context))],
    sampleTokens: [kernelEntry(f32Logits.sampleTokens, createSampleTokens(context))],
    int8Scales: [kernelEntry({ out: f32, x: f32 }, createInt8Scales(context))],
    int8Levels: [kernelEntry({ out: i8, x: f32, scales: f32 }, createInt8Levels(context))],
    attention: attentionKernels(context),
    ...quantKernels(context),
  };
}
