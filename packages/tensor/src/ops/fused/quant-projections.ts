import { ArgumentError } from "../../errors.ts";
import type { QuantMatrix } from "../../quant-matrix.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { concat } from "../compose.ts";
import { commonBackend, requireFloat, runFused } from "../dispatch.ts";
import { rowsOut, withRows } from "../product-rows.ts";
import { normed, normParams, type NormBefore } from "./norm-before.ts";
import { quantMatmul, requireColumns } from "./quant-matmul.ts";

/** Weights of one to three layers that read one x. */
export type ProjectionWeights = readonly [first: QuantMatrix, second?: QuantMatrix, third?: QuantMatrix];

/** Definition: `rmsNorm` where there is a norm, one `quantMatmul` per weight, the results side by side. */
export function composeQuantProjections(x: Tensor, weights: ProjectionWeights, norm?: NormBefore): Tensor {
  return scope(() => {
    const n = normed(x, norm);
    const parts = weights.flatMap((weight) => (weight ? [quantMatmul(n, weight)] : []));
    return concat(parts, -1);
  });
}

/**
 * Products of one x side by side: x `[..., K]`, weights `[Nᵢ, K]` → `[..., ΣNᵢ]`, of x itself or of its `rmsNorm`. A
 * backend with a kernel reads, norms and rounds x once for all of them.
 *
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function quantProjections(x: Tensor, weights: ProjectionWeights, norm?: NormBefore): Tensor {
  const op = "quantProjections";
  const [first, second, third] = weights;
  if (weights.length > 3)
    throw new ArgumentError(op, `${weights.length} weights; expected one to three`, { given: weights.length });
  const backend = commonBackend(op, x, norm?.weight, first, second, third);
  requireFloat(op, "x", x);
  for (const weight of weights) if (weight) requireColumns(op, x, weight);
  const params = normParams(op, first.columns, norm);
  const N = first.rows + (second?.rows ?? 0) + (third?.rows ?? 0);
  return withRows(x, (rows) => {
    const inputs = { x: rows, norm: norm?.weight, first, second, third };
    return runFused(op, backend, rowsOut(x, N), inputs, params, () => composeQuantProjections(x, weights, norm));
  });
}
