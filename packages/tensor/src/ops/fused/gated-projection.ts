import { ArgumentError, ShapeError } from "../../errors.ts";
import type { ActivationName } from "../../contract/kernels.ts";
import { formatShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { activationNames, isActivationName } from "../activation.ts";
import { commonBackend, requireFloat, tryJoined } from "../dispatch.ts";
import { rowsOut, withRows } from "../product-rows.ts";
import { multiplied, requireWeights, type Weights } from "../weights.ts";
import { gatedActivation } from "./gated-activation.ts";
import { normed, normParams, type NormBefore } from "./norm-before.ts";

/** The first half of a gated MLP: weights `[N, K]` each, in floats or blocks. */
export interface GateWeights {
  readonly gate: Weights;
  readonly up: Weights;
  readonly activation: ActivationName;
}

/** Definition: `rmsNorm` where there is a norm, two products, `gatedActivation`. */
export function composeGatedProjection(x: Tensor, { gate, up, activation }: GateWeights, norm?: NormBefore): Tensor {
  return scope(() => {
    const n = normed(x, norm);
    return gatedActivation(multiplied(n, gate), multiplied(n, up), { activation });
  });
}

/**
 * `activation(n·gateᵀ)·(n·upᵀ)` with n = x `[..., K]` or its `rmsNorm` → `[..., N]`. A backend with a kernel reads, norms
 * and rounds x once and writes neither product.
 *
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function gatedProjection(x: Tensor, weights: GateWeights, norm?: NormBefore): Tensor {
  const op = "gatedProjection";
  const { gate, up, activation } = weights;
  const backend = commonBackend(op, x, norm?.weight, gate, up);
  requireFloat(op, "x", x);
  requireWeights(op, x, gate);
  requireWeights(op, x, up);
  if (gate.shape[0] !== up.shape[0])
    throw new ShapeError(op, `gate ${formatShape(gate.shape)} and up ${formatShape(up.shape)} differ`, {
      gate: gate.shape,
      up: up.shape,
    });
  if (!isActivationName(activation))
    throw new ArgumentError(op, `unknown activation "${String(activation)}"; known: ${activationNames.join(", ")}`, {
      given: activation,
    });
  const params = { ...normParams(op, gate.shape[1], norm), activation };
  return (
    withRows(x, (rows) =>
      tryJoined(op, backend, rowsOut(x, gate.shape[0]), { x: rows, norm: norm?.weight, gate, up }, params),
    ) ?? composeGatedProjection(x, weights, norm)
  );
}
