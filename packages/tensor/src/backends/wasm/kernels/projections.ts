import { blocksOnly, type Operand, type QuantOperand, type WeightOperand } from "../../../contract/operand.ts";
import type { Kernel, NormParams } from "../../../contract/kernels.ts";
import { contiguousLayout } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import { WasmStorage } from "../memory/storage.ts";
import { activationCodes } from "./elementwise.ts";
import type { PanelMatrix } from "./panel-rows.ts";
import { gateable, multiplyGatedPanels, multiplyPanels, type PanelNorm } from "./panels.ts";

const normOf = (weight: Operand | undefined, params: NormParams): PanelNorm | null =>
  weight ? { ...params, weight } : null;

/** Matrices whose columns follow one another. */
function sideBySide(weights: readonly (WeightOperand | undefined)[]): PanelMatrix[] {
  const matrices: PanelMatrix[] = [];
  let column = 0;
  for (const given of weights) {
    if (!given) continue;
    const weight = blocksOnly(given);
    matrices.push({ weight, column, bias: 0 });
    column += weight.rows;
  }
  return matrices;
}

export const createProjections =
  (context: KernelContext): Kernel<"projections"> =>
  (out, { x, norm, first, second, third }, params) =>
    multiplyPanels(context, {
      x,
      norm: normOf(norm, params),
      matrices: sideBySide([first, second, third]),
      out: context.address(out),
      residual: 0,
      columns: out.layout.shape[1],
    });

export const createResidualProjection =
  (context: KernelContext): Kernel<"residualProjection"> =>
  (out, { x, weight, residual }) =>
    context.scoped(() =>
      multiplyPanels(context, {
        x,
        norm: null,
        matrices: sideBySide([weight]),
        out: context.address(out),
        residual: context.dense(residual),
        columns: out.layout.shape[1],
      }),
    );

/** In one command where panels, memories and activation allow it, else the two products and `gatedActivation`. */
export const createGatedProjection =
  (context: KernelContext, gatedActivation: Kernel<"gatedActivation">): Kernel<"gatedProjection"> =>
  (out, { x, norm, ...weights }, params) => {
    const [gate, up] = [weights.gate, weights.up].map(blocksOnly);
    const before = normOf(norm, params);
    const columns = out.layout.shape[1];
    const code = activationCodes[params.activation];
    if (code !== undefined && gateable(context, gate, up)) {
      const matrices = [gate, up].map((weight) => ({ weight, column: 0, bias: 0 }));
      const product = { x, norm: before, matrices, out: context.address(out), residual: 0, columns };
      return multiplyGatedPanels(context, product, code);
    }
    const parts = [gate, up].map((weight) => temporaryProduct(context, x, before, weight));
    try {
      gatedActivation(out, { gate: parts[0], up: parts[1] }, params);
    } finally {
      for (const { handle } of parts) handle.release();
    }
  };

/** x·weightᵀ in a storage of its own, to be released by the caller. */
function temporaryProduct(
  context: KernelContext,
  x: Operand,
  norm: PanelNorm | null,
  weight: QuantOperand,
): Operand & { readonly handle: WasmStorage } {
  const shape = [x.layout.shape[0], weight.rows];
  const length = shape[0] * shape[1];
  const handle = new WasmStorage({ kind: "dense", dtype: "f32", length }, context.arena, 4 * length);
  const [out, columns] = [handle.address, weight.rows];
  multiplyPanels(context, { x, norm, matrices: sideBySide([weight]), out, residual: 0, columns });
  return { handle, dtype: "f32", layout: contiguousLayout(shape) };
}
