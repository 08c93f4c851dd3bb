import { ShapeError } from "../../errors.ts";
import { formatShape } from "../../layout.ts";
import type { QuantMatrix } from "../../quant-matrix.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { commonBackend, requireFloat, requireShape, runFused } from "../dispatch.ts";
import { dequantizeMatrix } from "../gather-quant.ts";
import { asRows, fromRows, rowsOut, withRows } from "../product-rows.ts";
import { composeLinear } from "./linear.ts";

/** Definition: `linear` with the dequantised weights. */
export function composeQuantMatmul(x: Tensor, weight: QuantMatrix, bias: Tensor | undefined): Tensor {
  return scope(() => composeLinear(x, dequantizeMatrix(weight), bias));
}

/**
 * `x·weightᵀ + bias` with block-quantised weights: x `[..., K]`, weight `[N, K]`, bias `[N]` → `[..., N]` in the dtype of
 * x. The weights are read as they are stored.
 *
 * @throws ShapeError, DTypeError
 * @example
 * const weight = QuantMatrix.fromBlocks(backend, "q8_0", [2, 32], quantize("q8_0", new Float32Array(64).fill(127), 32));
 * console.log(await quantMatmul(ones(backend, [1, 32]), weight).toArray()); // [ [ 4064, 4064 ] ]
 */
export function quantMatmul(x: Tensor, weight: QuantMatrix, bias?: Tensor): Tensor {
  const backend = commonBackend("quantMatmul", x, weight, bias);
  requireFloat("quantMatmul", "x", x);
  requireColumns("quantMatmul", x, weight);
  const { rows: N } = weight;
  if (bias) {
    requireFloat("quantMatmul", "bias", bias);
    requireShape("quantMatmul", "bias", bias, [N]);
  }
  return withRows(x, (rows) => {
    const inputs = bias ? { x: rows, weight, bias } : { x: rows, weight };
    return runFused("quantMatmul", backend, rowsOut(x, N), inputs, {}, () =>
      fromRows(composeQuantMatmul(asRows(x), weight, bias), x),
    );
  });
}

/** @throws ShapeError unless x `[..., K]` and weight `[N, K]` share K */
export function requireColumns(op: string, x: Tensor, weight: QuantMatrix): void {
  if (x.rank < 1 || x.shape.at(-1) !== weight.columns)
    throw new ShapeError(op, `${formatShape(x.shape)} × ${formatShape(weight.shape)}ᵀ; expected [..., K] × [N, K]ᵀ`, {
      x: x.shape,
      weight: weight.shape,
    });
}
