import type { CoreKernels, FusedKernels, Int8Kernels, QuantFusedKernels, QuantKernels } from "../../../kernels.ts";
import { createKernels as createHostKernels } from "../../cpu/kernels/index.ts";
import type { Device } from "../device.ts";
import { createAttention } from "./attention.ts";
import { createBinary, createCast, createGatedActivation, createUnary } from "./elementwise.ts";
import { createInt8Levels, createInt8Scales } from "./int8-rows.ts";
import { createCopy, createGather, createSliceUpdate } from "./move.ts";
import { createLinear, createMatmul } from "./products.ts";
import { createGatherQuant, createQuantMatmul } from "./quant.ts";
import {
  createQuantGatedProjection,
  createQuantProjections,
  createQuantResidualProjection,
} from "./quant-projections.ts";
import { createRope } from "./rope.ts";
import { createLayerNorm, createReduce, createRmsNorm, createSoftmax } from "./rows.ts";

/**
 * What costs time in a model runs in WebAssembly; the rest (integers, rare functions, odd dtypes) is done by the cpu
 * backend's kernels on views of the same memory.
 */
export function createKernels(
  device: Device,
): CoreKernels & FusedKernels & QuantKernels & QuantFusedKernels & Int8Kernels {
  const host = createHostKernels();
  const gatedActivation = createGatedActivation(device, host.gatedActivation);
  return {
    ...host,
    copy: createCopy(device),
    cast: createCast(device, host.cast),
    unary: createUnary(device, host.unary),
    binary: createBinary(device, host.binary),
    reduce: createReduce(device, host.reduce),
    matmul: createMatmul(device, host.matmul),
    gather: createGather(device, host.gather),
    sliceUpdate: createSliceUpdate(device, host.sliceUpdate),
    softmax: createSoftmax(device),
    rmsNorm: createRmsNorm(device),
    layerNorm: createLayerNorm(device),
    rope: createRope(device),
    gatedActivation,
    linear: createLinear(device),
    attention: createAttention(device, host.attention),
    int8Scales: createInt8Scales(device),
    int8Levels: createInt8Levels(device),
    quantMatmul: createQuantMatmul(device),
    quantProjections: createQuantProjections(device),
    quantGatedProjection: createQuantGatedProjection(device, gatedActivation),
    quantResidualProjection: createQuantResidualProjection(device),
    gatherQuant: createGatherQuant(device),
  };
}
