import { blocksOnly, type Operand, type QuantOperand, type WeightOperand } from "../../../contract/operand.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { Kernel, NormParams } from "../../../contract/kernels.ts";
import { contiguousLayout } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import { WasmStorage } from "../memory/storage.ts";
import { activationCodes } from "./elementwise.ts";
import type { PanelMatrix } from "./panel-rows.ts";
import { gateable, multiplyGatedPanels, multiplyPanels, type PanelNorm } from "./panels.ts";

const normOf = (weight: Operand | undefined, params: NormParams): PanelNorm | null =>
  weight ? { ...params, weight } : null;

interface BiasedMatrix {
  readonly weight: WeightOperand | undefined;
  readonly bias: Operand | undefined;
}

/** Matrices whose columns follow one another. To be called inside `scoped`. */
function sideBySide(context: KernelContext, ...given: readonly BiasedMatrix[]): PanelMatrix[] {
  const matrices: PanelMatrix[] = [];
  let column = 0;
  for (const { weight: operand, bias } of given) {
    if (!operand) continue;
    const weight = blocksOnly(operand);
    matrices.push({ weight, column, bias: bias ? context.wide(bias) : 0 });
    column += weight.rows;
  }
  return matrices;
}

export const createProjections =
  (context: KernelContext): Kernel<"projections"> =>
  (out, { x, norm, first, second, third, firstBias, secondBias, thirdBias }, params) =>
    context.scoped(() =>
      multiplyPanels(context, {
        x,
        norm: normOf(norm, params),
        matrices: sideBySide(
          context,
          { weight: first, bias: firstBias },
          { weight: second, bias: secondBias },
          { weight: third, bias: thirdBias },
        ),
        out: context.address(out),
        residual: 0,
        columns: out.layout.shape[1],
      }),
    );

/** Of a product as it is: the command has no factor. */
export const hasNoScale: Condition<"residualProjection"> = { says: "scale 1", holds: (_, { scale }) => scale === 1 };

export const createResidualProjection =
  (context: KernelContext): Kernel<"residualProjection"> =>
  (out, { x, weight, residual, bias }) =>
    context.scoped(() =>
      multiplyPanels(context, {
        x,
        norm: null,
        matrices: sideBySide(context, { weight, bias }),
        out: context.address(out),
        residual: context.dense(residual),
        columns: out.layout.shape[1],
      }),
    );

/** In one command where panels, memories and activation allow it and there are no biases, else the two products and `gatedActivation`. */
export const createGatedProjection =
  (context: KernelContext, gatedActivation: Kernel<"gatedActivation">): Kernel<"gatedProjection"> =>
  (out, { x, norm, gateBias, upBias, ...weights }, params) => {
    const [gate, up] = [weights.gate, weights.up].map(blocksOnly);
    const before = normOf(norm, params);
    const columns = out.layout.shape[1];
    const code = activationCodes[params.activation];
    if (code !== undefined && !gateBias && !upBias && gateable(context, gate, up)) {
      const matrices = [gate, up].map((weight) => ({ weight, column: 0, bias: 0 }));
      const product = { x, norm: before, matrices, out: context.address(out), residual: 0, columns };
      return multiplyGatedPanels(context, product, code);
    }
    const parts = [
      temporaryProduct(context, x, before, gate, gateBias),
      temporaryProduct(context, x, before, up, upBias),
    ];
    try {
      gatedActivation(out, { gate: parts[0], up: parts[1] }, params);
    } finally {
      for (const { handle } of parts) handle.release();
    }
  };

/** x·weightᵀ + bias in a storage of its own, to be released by the caller. */
function temporaryProduct(
  context: KernelContext,
  x: Operand,
  norm: PanelNorm | null,
  weight: QuantOperand,
  bias: Operand | undefined,
): Operand & { readonly handle: WasmStorage } {
  const shape = [x.layout.shape[0], weight.rows];
  const length = shape[0] * shape[1];
  const handle = new WasmStorage({ kind: "dense", dtype: "f32", length }, context.arena, 4 * length);
  const [out, columns] = [handle.address, weight.rows];
  context.scoped(() =>
    multiplyPanels(context, {
      ...{ x, norm, matrices: sideBySide(context, { weight, bias }) },
      ...{ out, residual: 0, columns },
    }),
  );
  return { handle, dtype: "f32", layout: contiguousLayout(shape) };
}
