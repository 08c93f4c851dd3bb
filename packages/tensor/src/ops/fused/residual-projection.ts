import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add } from "../binary.ts";
import { commonBackend, commonDType, requireFloat, requireShape, tryJoined } from "../dispatch.ts";
import { rowsOut, withRows } from "../product-rows.ts";
import { multiplied, requireWeights, type Weights } from "../weights.ts";

/** Definition: `residual` + the product. */
export function composeResidualProjection(x: Tensor, weight: Weights, residual: Tensor): Tensor {
  return scope(() => add(residual, multiplied(x, weight)));
}

/**
 * `residual + x·weightᵀ`: x `[..., K]`, weight `[N, K]` in floats or blocks, residual `[..., N]` in the dtype of x → `[..., N]`.
 *
 * @throws ShapeError, DTypeError
 */
export function residualProjection(x: Tensor, weight: Weights, residual: Tensor): Tensor {
  const op = "residualProjection";
  const backend = commonBackend(op, x, weight, residual);
  requireFloat(op, "x", x);
  commonDType(op, x, residual);
  requireWeights(op, x, weight);
  const out = rowsOut(x, weight.shape[0]);
  requireShape(op, "residual", residual, out.shape);
  return (
    withRows(x, (rows) =>
      withRows(residual, (added) => tryJoined(op, backend, out, { x: rows, weight, residual: added }, {})),
    ) ?? composeResidualProjection(x, weight, residual)
  );
}
