import { tableOf, type KernelEntries } from "../../../contract/kernel-table.ts";
import type {
  CacheKernels,
  CacheOp,
  CoreKernels,
  CoreOp,
  FusedKernels,
  FusedOp,
  LogitsOp,
  QuantKernels,
  QuantOp,
  RowKernels,
  RowOp,
} from "../../../contract/kernels.ts";
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
import { gatherQuant } from "../gather-quant.ts";
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

/** The kernels of one backend; they share its scratch memory. */
export function createKernels(): KernelEntries<CoreOp | FusedOp | RowOp | CacheOp | LogitsOp | QuantOp> {
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
  const fused: FusedKernels = {
    softmax: createSoftmax(mapRows),
    rmsNorm: createRmsNorm(scratch, mapRows),
    layerNorm: createLayerNorm(scratch, mapRows),
    rope: createRope(scratch),
    gatedActivation: createGatedActivation(mapLanes),
    linear: createLinear(scratch),
    attention: createAttention(scratch),
  };
  const rows: RowKernels = {
    cumsum: createCumsum(mapRows),
    argsort: createArgsort(mapRows),
    scatter: createScatter(scratch),
  };
  const pages: CacheKernels = { scatterRows: createScatterRows(scratch) };
  const quant: QuantKernels = { quantMatmul: createQuantMatmul(scratch), gatherQuant };
  return {
    ...tableOf(core, anyDType),
    ...tableOf(fused, f32Activations),
    ...tableOf(rows, anyRow),
    ...tableOf(pages, anyPages),
    ...tableOf(logitsKernels, f32Logits),
    ...tableOf(quant, anyFormat),
  };
}
