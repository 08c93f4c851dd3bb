import { ArgumentError, ShapeError } from "../../errors.ts";
import type { ActivationName } from "../../contract/kernels.ts";
import { formatShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { activationNames, isActivationName } from "../activation.ts";
import { commonBackend, requireFloat, tryJoined } from "../dispatch.ts";
import { rowsOut, withRows } from "../product-rows.ts";
import { multiplied, requireBias, requireWeights, type Weights } from "../weights.ts";
import { gatedActivation } from "./gated-activation.ts";
import { normed, normParams, type NormBefore } from "./norm-before.ts";

/** The first half of a gated MLP: weights `[N, K]` each, in floats or blocks. */
export interface GateWeights {
  readonly gate: Weights;
  readonly up: Weights;
  readonly activation: ActivationName;
  /** `[N]` */
  readonly gateBias?: Tensor;
  /** `[N]` */
  readonly upBias?: Tensor;
}

/** Definition: `rmsNorm` where there is a norm, two products, `gatedActivation`. */
export function composeGatedProjection(
  x: Tensor,
  { gate, up, activation, gateBias, upBias }: GateWeights,
  norm?: NormBefore,
): Tensor {
  return scope(() => {
    const n = normed(x, norm);
    return gatedActivation(multiplied(n, gate, gateBias), multiplied(n, up, upBias), { activation });
  });
}

/**
 * `activation(n·gateᵀ + gateBias)·(n·upᵀ + upBias)` with n = x `[..., K]` or its `rmsNorm` → `[..., N]`. A backend with a kernel
 * reads, norms and rounds x once and writes neither product.
 *
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function gatedProjection(x: Tensor, weights: GateWeights, norm?: NormBefore): Tensor {
  const op = "gatedProjection";
  const { gate, up, activation, gateBias, upBias } = weights;
  const backend = commonBackend(op, x, norm?.weight, gate, up, gateBias, upBias);
  requireFloat(op, "x", x);
  requireWeights(op, x, gate);
  requireWeights(op, x, up);
  if (gate.shape[0] !== up.shape[0])
    throw new ShapeError(op, `gate ${formatShape(gate.shape)} and up ${formatShape(up.shape)} differ`, {
      gate: gate.shape,
      up: up.shape,
    });
  requireBias(op, "gateBias", gateBias, gate.shape[0]);
  requireBias(op, "upBias", upBias, up.shape[0]);
  if (!isActivationName(activation))
    throw new ArgumentError(op, `unknown activation "${String(activation)}"; known: ${activationNames.join(", ")}`, {
      given: activation,
    });
  const params = { ...normParams(op, gate.shape[1], norm), activation };
  const inputs = { norm: norm?.weight, gate, up, gateBias, upBias };
  return (
    withRows(x, (rows) => tryJoined(op, backend, rowsOut(x, gate.shape[0]), { x: rows, ...inputs }, params)) ??
    composeGatedProjection(x, weights, norm)
  );
}
