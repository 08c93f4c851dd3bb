import type { Operand, QuantOperand } from "../../../contract/operand.ts";
import type { NormParams } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import { panelBytes, panelCount, panelFormats, PANEL_ROWS, recordBytes, RECORD_WEIGHTS } from "../quant-layout.ts";
import { wasmStorage } from "../memory/storage.ts";
import type { PanelMatrix, PanelRows, RunPanels } from "./panel-rows.ts";
import { runInOtherMemory } from "./panels-in-other-memory.ts";
import { matrix } from "./products.ts";

/** Words of assembly/quant.ts: the matrices of a product begin here, eight words each. */
const MATRICES = 16;
const MATRIX = 8;

/** Bytes of panels worth a chunk of their own. */
const GRAIN = 131_072;

/** An `rmsNorm` before the quantisation. */
export interface PanelNorm extends NormParams {
  readonly weight: Operand;
}

export interface PanelProduct {
  readonly x: Operand;
  readonly norm: PanelNorm | null;
  readonly matrices: readonly PanelMatrix[];
  /** Address of the result and of what is added to it (0 = nothing), and columns of both. */
  readonly out: number;
  readonly residual: number;
  readonly columns: number;
}

const activationBits = ({ weight }: PanelMatrix): 8 | 16 => panelFormats[weight.format].activation;

/** Quantises the rows of x, normed where there is a norm; the address of the records. To be called inside `scoped`. */
function packActivations(context: KernelContext, x: Operand, norm: PanelNorm | null, bits: 8 | 16): number {
  const [M, K] = x.layout.shape as [number, number];
  const blocks = K / RECORD_WEIGHTS;
  const rows = matrix(context, x, 0, false);
  const weight = norm ? context.wide(norm.weight) : 0;
  const packed = context.temporary(M * blocks * recordBytes[bits]);
  context.words(0, packed, rows.address, rows.stride, M, blocks, weight);
  if (norm) {
    context.float(6, norm.eps);
    context.float(7, norm.weightMode === "one-plus" ? 1 : 0);
  }
  context.run(bits === 8 ? "quantize8" : "quantize16", M, Math.ceil(16_384 / Math.max(1, K)));
  return packed;
}

/** Writes the words of a product with the given matrices, of one number of activation bits; its units. */
function describeProduct(
  context: KernelContext,
  { packed, M, K, out, residual, columns }: PanelRows,
  matrices: readonly PanelMatrix[],
): number {
  const record = recordBytes[activationBits(matrices[0])];
  context.words(0, packed, out, 4 * columns, residual, 4 * columns, M, K / RECORD_WEIGHTS, record);
  // Only 256-bit code has the registers for two panels at a time.
  context.words(9, context.codegen === "wide" ? 1 : 0);
  let units = 0;
  let at = MATRICES;
  for (const { weight, column, bias } of matrices) {
    const layout = panelFormats[weight.format];
    const size = panelBytes(weight.format, layout, K);
    const firstPanel = Math.floor(weight.firstRow / PANEL_ROWS);
    units += panelCount(weight.firstRow + weight.rows) - firstPanel;
    const address = wasmStorage(weight.handle).address + firstPanel * size;
    context.words(at, address, size, units, weight.rows, weight.firstRow % PANEL_ROWS, layout.code, 4 * column, bias);
    at += MATRIX;
  }
  return units;
}

/** Panels of about `GRAIN` bytes of work. */
function grain({ format, columns }: QuantOperand, M: number): number {
  const layout = panelFormats[format];
  return Math.ceil(GRAIN / Math.max(1, M * panelBytes(format, layout, columns)));
}

const multiply: RunPanels = (context, rows, matrices) => {
  const units = describeProduct(context, rows, matrices);
  context.run("quantMatmul", units, grain(matrices[0].weight, rows.M));
};

/** Runs a command where its matrices lie: here, or there with the rows brought over. */
function runWhere(
  context: KernelContext,
  there: KernelContext,
  rows: PanelRows,
  matrices: readonly PanelMatrix[],
  run: RunPanels,
): void {
  if (there === context) return run(context, rows, matrices);
  const rowRecords = (rows.K / RECORD_WEIGHTS) * recordBytes[activationBits(matrices[0])];
  runInOtherMemory(context, there, rows, rowRecords, matrices, run);
}

/**
 * out[m, column + n] = Σ x[m]·w[n] + bias + residual for each matrix. Activations are quantised per 32 (8 bits beside 4- and
 * 6-bit weights, 16 beside 8-bit ones), integer sums are exact and the blocks are added in order in f32. One command for
 * all matrices of a memory and number of bits.
 */
export function multiplyPanels(context: KernelContext, product: PanelProduct): void {
  const { x, norm } = product;
  const [M, K] = x.layout.shape as [number, number];
  const filled = product.matrices.filter(({ weight }) => weight.rows > 0);
  if (M === 0 || filled.length === 0) return;
  context.scoped(() => {
    for (const bits of [8, 16] as const) {
      const matrices = filled.filter((one) => activationBits(one) === bits);
      if (matrices.length === 0) continue;
      const rows = { ...product, packed: packActivations(context, x, norm, bits), M, K };
      for (const there of new Set(matrices.map(({ weight }) => context.at(weight))))
        runWhere(
          context,
          there,
          rows,
          matrices.filter(({ weight }) => context.at(weight) === there),
          multiply,
        );
    }
  });
}

/** out = activation(x·gateᵀ)·(x·upᵀ), the two panels side by side, of matrices that are `gateable`. */
export function multiplyGatedPanels(context: KernelContext, product: PanelProduct, activationCode: number): void {
  const { x, norm, matrices } = product;
  const [M, K] = x.layout.shape as [number, number];
  if (M === 0 || product.columns === 0) return;
  context.scoped(() => {
    const packed = packActivations(context, x, norm, activationBits(matrices[0]));
    runWhere(context, context.at(matrices[0].weight), { ...product, packed, M, K }, matrices, (where, rows, pair) => {
      describeProduct(where, rows, pair);
      where.words(8, activationCode);
      where.run("gatedPanels", panelCount(rows.columns), Math.ceil(grain(matrices[0].weight, rows.M) / 2));
    });
  });
}

/** Whether `multiplyGatedPanels` takes these two: in one memory, of one number of bits, both from a panel's first row on. */
export const gateable = (context: KernelContext, gate: QuantOperand, up: QuantOperand): boolean =>
  gate.firstRow % PANEL_ROWS === 0 &&
  up.firstRow % PANEL_ROWS === 0 &&
  panelFormats[gate.format].activation === panelFormats[up.format].activation &&
  context.at(gate) === context.at(up);
