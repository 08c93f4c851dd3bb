import { ArgumentError, ShapeError } from "../../errors.ts";
import type { ActivationName } from "../../contract/kernels.ts";
import { formatShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { activationNames, isActivationName } from "../activation.ts";
import { commonBackend, requireFloat, tryJoined } from "../dispatch.ts";
import { rowsBehind, rowsOut, withRows } from "../product-rows.ts";
import { multiplied, requireBias, requireWeights, type Weights } from "../weights.ts";
import { gatedActivation } from "./gated-activation.ts";
import { addedOnto, normed, normParams, ontoParams, type NormBefore, type NormOnto } from "./norm-before.ts";

const OP = "gatedProjection";

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
  const { backend, inputs, params } = checked(x, weights, norm);
  const out = rowsOut(x, weights.gate.shape[0]);
  return (
    withRows(x, (rows) => tryJoined(OP, backend, out, { x: rows, ...inputs }, params)) ??
    composeGatedProjection(x, weights, norm)
  );
}

/** A residual stream, and what a gated product makes of it. */
export interface StreamAndGated {
  /** `[..., K]` */
  readonly stream: Tensor;
  /** `[..., N]` */
  readonly gated: Tensor;
}

/** Definition: `rmsNorm` onto the residual, then `gatedProjection` of the sum. */
export function composeGatedProjectionOnto(
  x: Tensor,
  onto: NormOnto,
  weights: GateWeights,
  norm?: NormBefore,
): StreamAndGated {
  return scope(() => {
    const stream = addedOnto(x, onto);
    return { stream, gated: composeGatedProjection(stream, weights, norm) };
  });
}

/**
 * `gatedProjection` of `residual + rmsNorm(x)`, and that sum: what stands between attention and the MLP of a decoder block whose
 * attention has a norm behind it. x and residual `[..., K]` → `[..., K]` and `[..., N]`. A backend with a kernel does it at once for
 * one row; the results are views that lie side by side.
 *
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function gatedProjectionOnto(
  x: Tensor,
  onto: NormOnto,
  weights: GateWeights,
  norm?: NormBefore,
): StreamAndGated {
  const { residual, weight: ontoNorm } = onto;
  const { backend, inputs, params } = checked(x, weights, norm, onto);
  const allParams = { ...params, onto: ontoParams(OP, x, onto) };
  const { out, parts } = rowsBehind(x, weights.gate.shape[0]);
  return scope(() => {
    const joined = withRows(x, (rows) =>
      withRows(residual, (added) =>
        tryJoined(OP, backend, out, { x: rows, residual: added, ontoNorm, ...inputs }, allParams),
      ),
    );
    if (joined) {
      const [stream, gated] = parts(joined);
      return { stream, gated };
    }
    const stream = addedOnto(x, onto);
    return { stream, gated: gatedProjection(stream, weights, norm) };
  });
}

/** What a kernel gets besides x. @throws ShapeError, DTypeError, ArgumentError */
function checked(x: Tensor, weights: GateWeights, norm?: NormBefore, onto?: NormOnto) {
  const { gate, up, activation, gateBias, upBias } = weights;
  const backend = commonBackend(OP, x, onto?.residual, onto?.weight, norm?.weight, gate, up, gateBias, upBias);
  requireFloat(OP, "x", x);
  requireWeights(OP, x, gate);
  requireWeights(OP, x, up);
  if (gate.shape[0] !== up.shape[0])
    throw new ShapeError(OP, `gate ${formatShape(gate.shape)} and up ${formatShape(up.shape)} differ`, {
      gate: gate.shape,
      up: up.shape,
    });
  requireBias(OP, "gateBias", gateBias, gate.shape[0]);
  requireBias(OP, "upBias", upBias, up.shape[0]);
  if (!isActivationName(activation))
    throw new ArgumentError(OP, `unknown activation "${String(activation)}"; known: ${activationNames.join(", ")}`, {
      given: activation,
    });
  const params = { ...normParams(OP, gate.shape[1], norm), activation };
  return { backend, inputs: { norm: norm?.weight, gate, up, gateBias, upBias }, params };
}
