import { ShapeError } from "../errors.ts";
import { formatShape } from "../layout.ts";
import { QuantMatrix } from "../quant-matrix.ts";
import type { Tensor } from "../tensor.ts";
import { requireFloat, requireShape } from "./dispatch.ts";
import { linear } from "./fused/linear.ts";
import { quantMatmul } from "./fused/quant-matmul.ts";

/** Weights of a product `[N, K]`, in floats or in blocks. */
export type Weights = Tensor | QuantMatrix;

/** `x·weightᵀ + bias` */
export const multiplied = (x: Tensor, weight: Weights, bias?: Tensor): Tensor =>
  weight instanceof QuantMatrix ? quantMatmul(x, weight, bias) : linear(x, weight, bias);

/** @throws ShapeError, DTypeError unless a bias that is given is `[N]` in floats */
export function requireBias(op: string, name: string, bias: Tensor | undefined, N: number): void {
  if (!bias) return;
  requireFloat(op, name, bias);
  requireShape(op, name, bias, [N]);
}

/** @throws ShapeError, DTypeError unless weight is `[N, K]` in floats or blocks, and x `[..., K]` */
export function requireWeights(op: string, x: Tensor, weight: Weights): void {
  if (!(weight instanceof QuantMatrix)) requireFloat(op, "weights", weight);
  if (x.rank < 1 || weight.shape.length !== 2 || x.shape.at(-1) !== weight.shape[1])
    throw new ShapeError(op, `${formatShape(x.shape)} × ${formatShape(weight.shape)}ᵀ; expected [..., K] × [N, K]ᵀ`, {
      x: x.shape,
      weight: weight.shape,
    });
}
