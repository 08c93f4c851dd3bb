import { ArgumentError } from "../../errors.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { commonBackend, requireFloat, tryJoined } from "../dispatch.ts";
import { rowsOut, withRows } from "../product-rows.ts";
import { narrow } from "../view.ts";
import { multiplied, requireBias, requireWeights, type Weights } from "../weights.ts";
import { normed, normParams, type NormBefore } from "./norm-before.ts";

/** Weights of one to three layers that read one x. */
export type ProjectionWeights = readonly [first: Weights, second?: Weights, third?: Weights];

/** Of the products of as many weights, `[Nᵢ]` each, where they have one. */
export type ProjectionBiases = readonly (Tensor | undefined)[];

/** Definition: `rmsNorm` where there is a norm, one product per weight, each with its bias. */
export function composeProjections(
  x: Tensor,
  weights: ProjectionWeights,
  norm?: NormBefore,
  biases: ProjectionBiases = [],
): Tensor[] {
  return scope(() => {
    const n = normed(x, norm);
    return weights.flatMap((weight, i) => (weight ? [multiplied(n, weight, biases[i])] : []));
  });
}

/**
 * Products of one x, or of its `rmsNorm`: x `[..., K]`, weights `[Nᵢ, K]` in floats or blocks → as many `[..., Nᵢ]`. A backend with
 * a kernel reads x once for all of them, and its results are views that lie side by side.
 *
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function projections(
  x: Tensor,
  weights: ProjectionWeights,
  norm?: NormBefore,
  biases: ProjectionBiases = [],
): Tensor[] {
  const op = "projections";
  const [first, second, third] = weights;
  if (biases.length > weights.length)
    throw new ArgumentError(op, `${biases.length} biases of ${weights.length} weights; expected no more`, {
      given: biases.length,
    });
  if (weights.length > 3)
    throw new ArgumentError(op, `${weights.length} weights; expected one to three`, { given: weights.length });
  const backend = commonBackend(op, x, norm?.weight, first, second, third, ...biases);
  requireFloat(op, "x", x);
  const given = weights.flatMap((weight) => (weight ? [weight] : []));
  for (const weight of given) requireWeights(op, x, weight);
  const params = normParams(op, first.shape[1], norm);
  for (const [i, { shape }] of given.entries()) requireBias(op, `bias ${i}`, biases[i], shape[0]);
  const N = given.reduce((sum, { shape }) => sum + shape[0], 0);
  const [firstBias, secondBias, thirdBias] = biases;
  const inputs = { norm: norm?.weight, first, second, third, firstBias, secondBias, thirdBias };
  return scope(() => {
    const joined = withRows(x, (rows) => tryJoined(op, backend, rowsOut(x, N), { x: rows, ...inputs }, params));
    if (!joined) return composeProjections(x, weights, norm, biases);
    let start = 0;
    return given.map(({ shape }) => {
      start += shape[0];
      return narrow(joined, x.rank - 1, start - shape[0], shape[0]);
    });
  });
}
