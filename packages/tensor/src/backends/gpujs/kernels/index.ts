import type { Operand, QuantOperand } from "../../../contract/operand.ts";
import { dtypeNames, dtypes, type DType } from "../../../dtypes/dtype.ts";
import {
  kernelEntry,
  mapEntries,
  tableOf,
  type KernelTable,
  type KernelEntry,
} from "../../../contract/kernel-table.ts";
import type { Kernel, OpName } from "../../../contract/kernels.ts";
import { quantFormatNames } from "../../../quant/formats/index.ts";
import { anyFormat, eachAlone, f32Activations, floats } from "../../host/accepts.ts";
import { blockPackings } from "../block-packing.ts";
import { hostEntry, type DenseHostOp } from "../host-op.ts";
import type { KernelContext } from "../kernel-context.ts";
import { attentionKernels } from "./attention.ts";
import { elementwiseKernels } from "./core-elementwise.ts";
import { gatedActivationKernels } from "./gated-activation.ts";
import { gatherKernels, hasNumberableRows } from "./gather.ts";
import { productKernels } from "./matmul.ts";
import { quantKernels } from "./quant.ts";
import { reduceKernels } from "./reduce.ts";
import { ropeKernels } from "./rope.ts";
import { rowKernels } from "./norms.ts";
import { isInOnePiece, scatterRowsKernels } from "./scatter-rows.ts";
import { hasTraceableRegion, sliceUpdateKernels } from "./slice-update.ts";

type Input = Operand | QuantOperand;
type AnyKernel = (out: Operand, inputs: Readonly<Record<string, Input | undefined>>, params: object) => void;

/** What lives on the device: floats and bools. Integers are computed on the host. */
const onDevice: readonly DType[] = dtypeNames.filter((dtype) => dtypes[dtype].kind !== "int");
const bool: readonly DType[] = ["bool"];
const i32: readonly DType[] = ["i32"];
const packed = quantFormatNames.filter((format) => format in blockPackings);

/** The kernels of GPU.js' backend: all ops. */
export function gpuJsKernels(context: KernelContext): KernelTable {
  const core = {
    ...elementwiseKernels(context),
    ...reduceKernels(context),
    ...productKernels(context),
    ...gatherKernels(context),
    ...sliceUpdateKernels(context),
  };
  const onHost = <K extends DenseHostOp>(op: K): KernelEntry<K> => hostEntry(context, op);
  const table: KernelTable = {
    fill: [kernelEntry({ out: dtypeNames }, core.fill)],
    // `start + i·step` is rounded once on the host, on the device twice.
    arange: [onHost("arange")],
    // Whole tensors of integers share their content, so both are one.
    copy: [kernelEntry({ out: onDevice, x: onDevice }, core.copy), { ...onHost("copy"), run: core.copy }],
    cast: [kernelEntry({ out: onDevice, x: onDevice }, core.cast), onHost("cast")],
    unary: [kernelEntry({ out: floats, x: floats }, core.unary), onHost("unary")],
    binary: [kernelEntry({ out: floats, a: floats, b: floats }, core.binary), onHost("binary")],
    compare: [kernelEntry({ out: bool, a: onDevice, b: onDevice }, core.compare), onHost("compare")],
    where: [kernelEntry({ out: onDevice, condition: bool, a: onDevice, b: onDevice }, core.where), onHost("where")],
    reduce: [kernelEntry({ out: [...floats, ...i32], x: floats }, core.reduce), onHost("reduce")],
    matmul: [kernelEntry({ out: floats, a: floats, b: floats }, core.matmul)],
    gather: [
      kernelEntry({ out: onDevice, table: onDevice, indices: i32 }, core.gather, hasNumberableRows),
      onHost("gather"),
    ],
    sliceUpdate: [
      kernelEntry(
        [{ out: floats, source: floats }, ...eachAlone(bool, (one) => ({ out: one, source: one }))],
        core.sliceUpdate,
        hasTraceableRegion,
      ),
      onHost("sliceUpdate"),
    ],
    // What depends on the order of a whole row, or on positions.
    cumsum: [onHost("cumsum")],
    argsort: [onHost("argsort")],
    scatter: [onHost("scatter")],
    logProbsOf: [onHost("logProbsOf")],
    sampleTokens: [onHost("sampleTokens")],
    scatterRows: [
      kernelEntry({ out: floats, rows: floats, slots: i32 }, scatterRowsKernels(context).scatterRows, isInOnePiece),
      onHost("scatterRows"),
    ],
    ...tableOf(
      {
        linear: core.linear,
        ...rowKernels(context),
        ...ropeKernels(context),
        ...gatedActivationKernels(context),
        ...attentionKernels(context),
      },
      f32Activations,
    ),
    ...tableOf(quantKernels(context), {
      quantMatmul: anyFormat.quantMatmul.map((accepts) => ({ ...accepts, weight: packed })),
      gatherQuant: anyFormat.gatherQuant.map((accepts) => ({ ...accepts, table: packed })),
    }),
  };
  return mapEntries(table, (entry) => ({ ...entry, run: pinned(entry.run) }));
}

/** Operands are tensors, which may be disposed before queued work runs: the work gets their handles and layouts. */
function pinned<K extends OpName>(kernel: Kernel<K>): Kernel<K> {
  const run = kernel as unknown as AnyKernel;
  const pin = (operand: Input): Input => {
    const { handle } = operand;
    if (!("format" in operand)) return { handle, layout: operand.layout, dtype: operand.dtype };
    const { format, firstRow, rows, columns } = operand;
    return { handle, format, firstRow, rows, columns };
  };
  return (out, inputs, params) => {
    const pins = Object.entries(inputs as Readonly<Record<string, Input | undefined>>).map(
      ([name, operand]) => [name, operand && pin(operand)] as const,
    );
    run(pin(out) as Operand, Object.fromEntries(pins), { ...params });
  };
}
