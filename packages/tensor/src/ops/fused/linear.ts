import { ShapeError } from "../../errors.ts";
import { formatShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add } from "../binary.ts";
import { cast } from "../cast.ts";
import { commonBackend, requireFloat, requireShape, runFused } from "../dispatch.ts";
import { matmul } from "../matmul.ts";
import { asRows, fromRows, rowsOut, withRows } from "../product-rows.ts";
import { transpose } from "../view.ts";

/** Definition: `x·weightᵀ + bias` for x `[M, K]`, weight `[N, K]`. */
export function composeLinear(x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
  return scope(() => {
    const product = matmul(x, transpose(weight)); // [M, N]
    return bias ? add(product, cast(bias, product.dtype)) : product;
  });
}

/**
 * `x·weightᵀ + bias`: x `[..., K]`, weight `[N, K]`, bias `[N]` → `[..., N]` in the dtype of x. Weight and bias may be
 * stored in another float dtype; they are read as they are.
 *
 * @throws ShapeError, DTypeError
 * @example
 * const weight = tensor(backend, [[1, 0], [0, 1], [1, 1]]); // [out, in]
 * console.log(await linear(tensor(backend, [[2, 5]]), weight).toArray()); // [ [ 2, 5, 7 ] ]
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const backend = commonBackend("linear", x, weight, bias);
  requireFloat("linear", "x", x);
  requireFloat("linear", "weight", weight);
  if (x.rank < 1 || weight.rank !== 2 || x.shape.at(-1) !== weight.shape[1])
    throw new ShapeError(
      "linear",
      `${formatShape(x.shape)} × ${formatShape(weight.shape)}ᵀ; expected [..., K] × [N, K]ᵀ`,
      {
        x: x.shape,
        weight: weight.shape,
      },
    );
  const [N] = weight.shape as [number, number];
  if (bias) {
    requireFloat("linear", "bias", bias);
    requireShape("linear", "bias", bias, [N]);
  }
  return withRows(x, (rows) => {
    const inputs = bias ? { x: rows, weight, bias } : { x: rows, weight };
    return runFused("linear", backend, rowsOut(x, N), inputs, {}, () =>
      fromRows(composeLinear(asRows(x), weight, bias), x),
    );
  });
}
