import { ArgumentError } from "../../errors.ts";
import { checkOptionNames, type OptionNames } from "../../option-names.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add, mul } from "../binary.ts";
import { commonBackend, commonDType, requireFloat, requireShape, tryJoined } from "../dispatch.ts";
import { rowsOut, withRows } from "../product-rows.ts";
import { multiplied, requireBias, requireWeights, type Weights } from "../weights.ts";

export interface ResidualProjectionOptions {
  /** `[N]`, added to the product. */
  readonly bias?: Tensor;
  /** Factor on the product and its bias; default 1. */
  readonly scale?: number;
}

const optionNames: OptionNames<ResidualProjectionOptions> = { bias: true, scale: true };

/** Definition: `residual` + the product, scaled where there is a scale. */
export function composeResidualProjection(
  x: Tensor,
  weight: Weights,
  residual: Tensor,
  { bias, scale = 1 }: ResidualProjectionOptions = {},
): Tensor {
  return scope(() => {
    const product = multiplied(x, weight, bias);
    return add(residual, scale === 1 ? product : mul(product, scale));
  });
}

/**
 * `residual + scale·(x·weightᵀ + bias)`: x `[..., K]`, weight `[N, K]` in floats or blocks, residual `[..., N]` in the dtype of
 * x → `[..., N]`.
 *
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function residualProjection(
  x: Tensor,
  weight: Weights,
  residual: Tensor,
  options: ResidualProjectionOptions = {},
): Tensor {
  const op = "residualProjection";
  checkOptionNames(op, options, optionNames);
  const { bias, scale = 1 } = options;
  const backend = commonBackend(op, x, weight, residual, bias);
  requireFloat(op, "x", x);
  commonDType(op, x, residual);
  requireWeights(op, x, weight);
  requireBias(op, "bias", bias, weight.shape[0]);
  if (!Number.isFinite(scale))
    throw new ArgumentError(op, `scale is ${scale}; expected a finite number`, { given: scale });
  const out = rowsOut(x, weight.shape[0]);
  requireShape(op, "residual", residual, out.shape);
  return (
    withRows(x, (rows) =>
      withRows(residual, (added) => tryJoined(op, backend, out, { x: rows, weight, residual: added, bias }, { scale })),
    ) ?? composeResidualProjection(x, weight, residual, options)
  );
}
