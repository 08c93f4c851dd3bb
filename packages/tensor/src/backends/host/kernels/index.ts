import { tableOf, type KernelEntries } from "../../../contract/kernel-table.ts";
import type { CoreKernels, FusedKernels } from "../../../contract/kernels.ts";
import { anyDType, anyFormat, anyPages, anyRow, f32Logits, f32Activations } from "../accepts.ts";
import { createRowMap } from "../map-rows.ts";
import { createLaneMap } from "../map-lanes.ts";
import { Scratch } from "../scratch.ts";
import { createArange } from "./arange.ts";
import { createArgsort } from "./argsort.ts";
import { createAttention } from "./attention.ts";
import { createBinary } from "./binary.ts";
import { createCast } from "./cast.ts";
import { createCompare } from "./compare.ts";
import { createCopy, createSliceUpdate } from "./copy.ts";
import { createCumsum } from "./cumsum.ts";
import { fill } from "./fill.ts";
import { createGatedActivation } from "./gated-activation.ts";
import { createGather } from "./gather.ts";
import { gatherQuant } from "../quant-rows.ts";
import { logitsKernels } from "../logits.ts";
import { createLayerNorm } from "./layer-norm.ts";
import { createLinear } from "./linear.ts";
import { createMatmul } from "./matmul.ts";
import { createQuantMatmul } from "./quant-matmul.ts";
import { createReduce } from "./reduce.ts";
import { createRmsNorm } from "./rms-norm.ts";
import { createRope } from "./rope.ts";
import { createScatter } from "./scatter.ts";
import { createScatterRows } from "./scatter-rows.ts";
import { createSoftmax } from "./softmax.ts";
import { createUnary } from "./unary.ts";
import { createWhere } from "./where.ts";

/** The ops that have a kernel on the host. */
export type HostOp =
  | keyof typeof anyDType
  | keyof typeof f32Activations
  | keyof typeof anyRow
  | keyof typeof anyPages
  | keyof typeof f32Logits
  | keyof typeof anyFormat;

/**
 * The kernels for storages in the JavaScript heap: those of the cpu backend, and of others what they leave to the host. They
 * share scratch memory.
 */
export function createKernels(): KernelEntries<HostOp> {
  const scratch = new Scratch();
  const mapLanes = createLaneMap(scratch);
  const mapRows = createRowMap(scratch);
  const core: CoreKernels = {
    fill,
    arange: createArange(scratch),
    copy: createCopy(scratch),
    cast: createCast(mapLanes),
    unary: createUnary(mapLanes),
    binary: createBinary(mapLanes),
    compare: createCompare(mapLanes),
    where: createWhere(mapLanes),
    reduce: createReduce(scratch),
    matmul: createMatmul(scratch),
    gather: createGather(scratch),
    sliceUpdate: createSliceUpdate(scratch),
  };
  const fused: Pick<FusedKernels, keyof typeof f32Activations> = {
    softmax: createSoftmax(mapRows),
    rmsNorm: createRmsNorm(scratch, mapRows),
    layerNorm: createLayerNorm(scratch, mapRows),
    rope: createRope(scratch),
    gatedActivation: createGatedActivation(mapLanes),
    linear: createLinear(scratch),
    attention: createAttention(scratch),
  };
  const rows: Pick<FusedKernels, keyof typeof anyRow> = {
    cumsum: createCumsum(mapRows),
    argsort: createArgsort(mapRows),
    scatter: createScatter(scratch),
  };
  const pages: Pick<FusedKernels, keyof typeof anyPages> = { scatterRows: createScatterRows(scratch) };
  const quant: Pick<FusedKernels, keyof typeof anyFormat> = { quantMatmul: createQuantMatmul(scratch), gatherQuant };
  return {
    ...tableOf(core, anyDType),
    ...tableOf(fused, f32Activations),
    ...tableOf(rows, anyRow),
    ...tableOf(pages, anyPages),
    ...tableOf(logitsKernels, f32Logits),
    ...tableOf(quant, anyFormat),
  };
}
