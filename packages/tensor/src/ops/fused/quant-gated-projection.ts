import { ArgumentError, ShapeError } from "../../errors.ts";
import type { ActivationName } from "../../contract/kernels.ts";
import { formatShape } from "../../layout.ts";
import type { QuantMatrix } from "../../quant-matrix.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { activationNames, isActivationName } from "../activation.ts";
import { commonBackend, requireFloat, runFused } from "../dispatch.ts";
import { rowsOut, withRows } from "../product-rows.ts";
import { gatedActivation } from "./gated-activation.ts";
import { normed, normParams, type NormBefore } from "./norm-before.ts";
import { quantMatmul, requireColumns } from "./quant-matmul.ts";

/** The first half of a gated MLP: weights `[N, K]` each. */
export interface GateWeights {
  readonly gate: QuantMatrix;
  readonly up: QuantMatrix;
  readonly activation: ActivationName;
}

/** Definition: `rmsNorm` where there is a norm, two `quantMatmul`, `gatedActivation`. */
export function composeQuantGatedProjection(
  x: Tensor,
  { gate, up, activation }: GateWeights,
  norm?: NormBefore,
): Tensor {
  return scope(() => {
    const n = normed(x, norm);
    return gatedActivation(quantMatmul(n, gate), quantMatmul(n, up), { activation });
  });
}

/**
 * `activation(n·gateᵀ)·(n·upᵀ)` with n = x `[..., K]` or its `rmsNorm` → `[..., N]`. A backend with a kernel reads, norms
 * and rounds x once and writes neither product.
 *
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function quantGatedProjection(x: Tensor, weights: GateWeights, norm?: NormBefore): Tensor {
  const op = "quantGatedProjection";
  const { gate, up, activation } = weights;
  const backend = commonBackend(op, x, norm?.weight, gate, up);
  requireFloat(op, "x", x);
  requireColumns(op, x, gate);
  if (gate.rows !== up.rows || gate.columns !== up.columns)
    throw new ShapeError(op, `gate ${formatShape(gate.shape)} and up ${formatShape(up.shape)} differ`, {
      gate: gate.shape,
      up: up.shape,
    });
  if (!isActivationName(activation))
    throw new ArgumentError(op, `unknown activation "${String(activation)}"; known: ${activationNames.join(", ")}`, {
      given: activation,
    });
  const params = { ...normParams(op, gate.columns, norm), activation };
  return withRows(x, (rows) => {
    const inputs = { x: rows, norm: norm?.weight, gate, up };
    return runFused(op, backend, rowsOut(x, gate.rows), inputs, params, () =>
      composeQuantGatedProjection(x, weights, norm),
    );
  });
}
