import type { NormParams } from "../../contract/kernels.ts";
import type { Tensor } from "../../tensor.ts";
import { requireFloat, requireShape } from "../dispatch.ts";
import { requireEps, rmsNorm, type RmsNormOptions } from "./rms-norm.ts";

/** An `rmsNorm` that an op applies to x before its own work. */
export interface NormBefore extends RmsNormOptions {
  /** `[K]` */
  readonly weight: Tensor;
}

/** Parameters of the norm; without one they say nothing. @throws ShapeError, DTypeError, ArgumentError */
export function normParams(op: string, K: number, norm: NormBefore | undefined): NormParams {
  if (!norm) return { eps: 1, weightMode: "f32-mul" };
  const { weight, eps, weightMode = "f32-mul" } = norm;
  requireFloat(op, "norm", weight);
  requireShape(op, "norm", weight, [K]);
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
