import type { QuantMatrix } from "../../quant-matrix.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add } from "../binary.ts";
import { commonBackend, commonDType, requireFloat, requireShape, runFused } from "../dispatch.ts";
import { rowsOut, withRows } from "../product-rows.ts";
import { quantMatmul, requireColumns } from "./quant-matmul.ts";

/** Definition: `residual + quantMatmul(x, weight)`. */
export function composeQuantResidualProjection(x: Tensor, weight: QuantMatrix, residual: Tensor): Tensor {
  return scope(() => add(residual, quantMatmul(x, weight)));
}

/**
 * `residual + x·weightᵀ`: x `[..., K]`, weight `[N, K]`, residual `[..., N]` in the dtype of x → `[..., N]`.
 *
 * @throws ShapeError, DTypeError
 */
export function quantResidualProjection(x: Tensor, weight: QuantMatrix, residual: Tensor): Tensor {
  const op = "quantResidualProjection";
  const backend = commonBackend(op, x, weight, residual);
  requireFloat(op, "x", x);
  commonDType(op, x, residual);
  requireColumns(op, x, weight);
  const out = rowsOut(x, weight.rows);
  requireShape(op, "residual", residual, out.shape);
  return withRows(x, (rows) =>
    withRows(residual, (added) =>
      runFused(op, backend, out, { x: rows, weight, residual: added }, {}, () =>
        composeQuantResidualProjection(x, weight, residual),
      ),
    ),
  );
}
