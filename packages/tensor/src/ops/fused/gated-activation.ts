import { ArgumentError, ShapeError } from "../../errors.ts";
import type { ActivationName } from "../../contract/kernels.ts";
import { formatShape, sameShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { activation, activationNames, isActivationName } from "../activation.ts";
import { mul } from "../binary.ts";
import { commonBackend, commonDType, requireFloat, runFused } from "../dispatch.ts";

/** Definition: `activation(gate)·up`. */
export function composeGatedActivation(gate: Tensor, up: Tensor, name: ActivationName): Tensor {
  return scope(() => mul(activation(gate, name), up));
}

/**
 * The gate of a gated MLP (Shazeer, arXiv 2002.05202): `activation(gate)·up`, element by element, one shape.
 *
 * @throws ShapeError, DTypeError, ArgumentError for an unknown activation
 */
export function gatedActivation(
  gate: Tensor,
  up: Tensor,
  { activation: name }: { readonly activation: ActivationName },
): Tensor {
  const backend = commonBackend("gatedActivation", gate, up);
  requireFloat("gatedActivation", "gate", gate);
  const dtype = commonDType("gatedActivation", gate, up);
  if (!sameShape(gate.shape, up.shape))
    throw new ShapeError("gatedActivation", `gate ${formatShape(gate.shape)} and up ${formatShape(up.shape)} differ`, {
      gate: gate.shape,
      up: up.shape,
    });
  if (!isActivationName(name))
    throw new ArgumentError(
      "gatedActivation",
      `unknown activation "${String(name)}"; known: ${activationNames.join(", ")}`,
      {
        given: name,
      },
    );
  const out = { shape: gate.shape, dtype };
  return runFused("gatedActivation", backend, out, { gate, up }, { activation: name }, () =>
    composeGatedActivation(gate, up, name),
  );
}
