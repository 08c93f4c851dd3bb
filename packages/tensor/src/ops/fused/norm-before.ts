import type { NormParams } from "../../contract/kernels.ts";
import type { Tensor } from "../../tensor.ts";
import { commonDType, requireFloat, requireShape } from "../dispatch.ts";
import { requireEps, rmsNorm, type RmsNormOptions } from "./rms-norm.ts";

/** An `rmsNorm` that an op applies to x before its own work. */
export interface NormBefore extends RmsNormOptions {
  /** `[K]` */
  readonly weight: Tensor;
}

/** An `rmsNorm` of x that is added to a residual: their sum is what an op works with. */
export interface NormOnto extends NormBefore {
  /** `[..., K]`, in shape and dtype of x. */
  readonly residual: Tensor;
}

/** Parameters of the norm; without one they say nothing. @throws ShapeError, DTypeError, ArgumentError */
export function normParams(op: string, K: number, norm: NormBefore | undefined): NormParams {
  if (!norm) return { eps: 1, weightMode: "f32-mul" };
  return requireNorm(op, "norm", K, norm);
}

/** Parameters of a norm behind which x is added to its residual. @throws ShapeError, DTypeError, ArgumentError */
export function ontoParams(op: string, x: Tensor, onto: NormOnto): NormParams {
  commonDType(op, x, onto.residual);
  requireShape(op, "residual", onto.residual, x.shape);
  return requireNorm(op, "ontoNorm", x.shape.at(-1) ?? 0, onto);
}

function requireNorm(
  op: string,
  name: string,
  K: number,
  { weight, eps, weightMode = "f32-mul" }: NormBefore,
): NormParams {
  requireFloat(op, name, weight);
  requireShape(op, name, weight, [K]);
  requireEps(op, eps);
  return { eps, weightMode };
}

/** Definition: x by its `rmsNorm`, or as it is. */
export function normed(x: Tensor, norm: NormBefore | undefined): Tensor {
  if (!norm) return x;
  // A model's norm has more than these: its kind.
  const { weight, eps, weightMode = "f32-mul" } = norm;
  return rmsNorm(x, weight, { eps, weightMode });
}

/** Definition: x by its `rmsNorm`, added to the residual. */
export function addedOnto(x: Tensor, { weight, eps, weightMode = "f32-mul", residual }: NormOnto): Tensor {
  return rmsNorm(x, weight, { eps, weightMode, residual });
}
