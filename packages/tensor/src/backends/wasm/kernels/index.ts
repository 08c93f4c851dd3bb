import { dtypeNames, type DType } from "../../../dtypes/dtype.ts";
import { kernelEntry, onHost, type KernelTable } from "../../../contract/kernel-table.ts";
import { quantFormatNames } from "../../../quant/formats/index.ts";
import { anyFormat, eachAlone, f32, f32Activations, f32Logits, floats } from "../../host/accepts.ts";
import { createKernels as createHostKernels } from "../../host/kernels/index.ts";
import type { KernelContext } from "../kernel-context.ts";
import { createAttention, hasUsualHeads } from "./attention.ts";
import {
  createBinary,
  createCast,
  createGatedActivation,
  createUnary,
  hasActivationCode,
  hasBinaryCode,
  hasUnaryCode,
} from "./elementwise.ts";
import { createInt8Levels, createInt8Scales } from "./int8-rows.ts";
import { fill } from "./fill.ts";
import { createGather, hasSolidRows } from "./gather.ts";
import { createCopy, createSliceUpdate } from "./move.ts";
import { createLinear, createMatmul } from "./products.ts";
import { createGatherQuant, createQuantMatmul } from "./quant.ts";
import { createGatedProjection, createProjections, createResidualProjection, hasNoScale } from "./projections.ts";
import { createRope } from "./rope.ts";
import { createScatterRows, hasSolidSlots } from "./scatter-rows.ts";
import { createTakeFromRows, createTopk } from "./select.ts";
import { createLogProbsOf, createSampleTokens } from "./logits.ts";
import { createLayerNorm, createReduce, createRmsNorm, createSoftmax, hasElements } from "./row-reductions.ts";

const halves: readonly DType[] = ["bf16", "f16"];
const bf16: readonly DType[] = ["bf16"];
const i32: readonly DType[] = ["i32"];
const levels: readonly DType[] = ["i8"];
const all = dtypeNames;
const formats = quantFormatNames;

/**
 * What costs time in a model runs in WebAssembly; the rest (integers, rare functions, odd dtypes) is done on the host, by the
 * host's kernels on views of the same memory.
 */
export function createKernels(context: KernelContext): KernelTable {
  const js = createHostKernels();
  const host = onHost(js);
  const gatedActivation = createGatedActivation(context);
  const pools = {
    ...{ out: f32, q: f32, mask: [...floats, "bool"] as const },
    ...{ tables: i32, queryStarts: i32, lengths: i32 },
  } as const;
  return {
    fill: [kernelEntry({ out: all }, fill)],
    arange: host.arange,
    copy: [kernelEntry({ out: all, x: all }, createCopy(context))],
    cast: [
      kernelEntry(
        [{ out: f32, x: halves }, { out: bf16, x: f32 }, ...eachAlone(all, (one) => ({ out: one, x: one }))],
        createCast(context),
      ),
      ...host.cast,
    ],
    unary: [kernelEntry({ out: f32, x: f32 }, createUnary(context), hasUnaryCode), ...host.unary],
    binary: [kernelEntry({ out: f32, a: f32, b: f32 }, createBinary(context), hasBinaryCode), ...host.binary],
    compare: host.compare,
    where: host.where,
    reduce: [kernelEntry({ out: [...f32, ...i32], x: f32 }, createReduce(context), hasElements), ...host.reduce],
    matmul: [kernelEntry({ out: f32, a: f32, b: floats }, createMatmul(context)), ...host.matmul],
    gather: [
      kernelEntry(
        [
          { out: f32, table: floats, indices: i32 },
          ...eachAlone(all, (one) => ({ out: one, table: one, indices: i32 })),
        ],
        createGather(context),
        hasSolidRows,
      ),
      ...host.gather,
    ],
    sliceUpdate: [
      kernelEntry(
        [{ out: bf16, source: f32 }, ...eachAlone(all, (one) => ({ out: one, source: one }))],
        createSliceUpdate(context),
      ),
      ...host.sliceUpdate,
    ],
    softmax: [kernelEntry(f32Activations.softmax, createSoftmax(context))],
    rmsNorm: [kernelEntry(f32Activations.rmsNorm, createRmsNorm(context))],
    layerNorm: [kernelEntry(f32Activations.layerNorm, createLayerNorm(context))],
    rope: [kernelEntry(f32Activations.rope, createRope(context))],
    gatedActivation: [
      kernelEntry(f32Activations.gatedActivation, gatedActivation, hasActivationCode),
      ...host.gatedActivation,
    ],
    linear: [kernelEntry(f32Activations.linear, createLinear(context))],
    attention: [
      kernelEntry(
        [
          ...eachAlone(floats, (one) => ({ ...pools, keys: one, values: one })),
          { ...pools, keys: levels, values: levels, keyScales: f32, valueScales: f32 },
        ],
        createAttention(context),
        hasUsualHeads,
      ),
      ...host.attention,
    ],
    cumsum: host.cumsum,
    argsort: host.argsort,
    scatter: host.scatter,
    topk: [kernelEntry({ out: i32, x: f32 }, createTopk(context))],
    takeFromRows: [
      kernelEntry(
        eachAlone(all, (one) => ({ out: one, x: one, indices: i32 })),
        createTakeFromRows(context),
      ),
    ],
    logProbsOf: [kernelEntry(f32Logits.logProbsOf, createLogProbsOf(context))],
    sampleTokens: [kernelEntry(f32Logits.sampleTokens, createSampleTokens(context))],
    scatterRows: [
      kernelEntry(
        [{ out: halves, rows: f32, slots: i32 }, ...eachAlone(all, (one) => ({ out: one, rows: one, slots: i32 }))],
        createScatterRows(context),
        hasSolidSlots,
      ),
      ...host.scatterRows,
    ],
    int8Scales: [kernelEntry({ out: f32, x: f32 }, createInt8Scales(context))],
    int8Levels: [kernelEntry({ out: levels, x: f32, scales: f32 }, createInt8Levels(context))],
    quantMatmul: [kernelEntry(anyFormat.quantMatmul, createQuantMatmul(context))],
    projections: [
      kernelEntry(
        {
          ...{ out: f32, x: f32, norm: floats, first: formats, second: formats, third: formats },
          ...{ firstBias: floats, secondBias: floats, thirdBias: floats },
        },
        createProjections(context),
      ),
    ],
    gatedProjection: [
      kernelEntry(
        { out: f32, x: f32, norm: floats, gate: formats, up: formats, gateBias: floats, upBias: floats },
        createGatedProjection(context, gatedActivation),
        hasActivationCode,
      ),
    ],
    residualProjection: [
      kernelEntry(
        { out: f32, x: f32, weight: formats, residual: f32, bias: floats },
        createResidualProjection(context),
        hasNoScale,
      ),
    ],
    gatherQuant: [kernelEntry(anyFormat.gatherQuant, createGatherQuant(context))],
  };
}
