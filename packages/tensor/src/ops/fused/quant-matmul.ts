import { ShapeError } from "../../errors.ts";
import { formatShape } from "../../layout.ts";
import type { QuantMatrix } from "../../quant-matrix.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { commonBackend, requireFloat, requireShape, runFused } from "../dispatch.ts";
import { dequantizeMatrix } from "../gather-quant.ts";
import { reshape } from "../view.ts";
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
 */
export function quantMatmul(x: Tensor, weight: QuantMatrix, bias?: Tensor): Tensor {
  const backend = commonBackend("quantMatmul", x, weight, bias);
  requireFloat("quantMatmul", "x", x);
  const { rows: N, columns: K } = weight;
  if (x.rank < 1 || x.shape.at(-1) !== K)
    throw new ShapeError(
      "quantMatmul",
      `${formatShape(x.shape)} × ${formatShape(weight.shape)}ᵀ; expected [..., K] × [N, K]ᵀ`,
      { x: x.shape, weight: weight.shape },
    );
  if (bias) {
    requireFloat("quantMatmul", "bias", bias);
    requireShape("quantMatmul", "bias", bias, [N]);
  }
  return scope(() => {
    const lead = x.shape.slice(0, -1);
    const rows = reshape(x, [lead.reduce((product, n) => product * n, 1), K]); // [M, K]
    const inputs = bias ? { x: rows, weight, bias } : { x: rows, weight };
    const out = { shape: [rows.shape[0], N], dtype: x.dtype };
    const result = runFused("quantMatmul", backend, out, inputs, {}, () => composeQuantMatmul(rows, weight, bias));
    return reshape(result, [...lead, N]);
  });
}
