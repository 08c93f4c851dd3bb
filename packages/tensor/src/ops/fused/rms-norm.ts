import { ArgumentError } from "../../errors.ts";
import type { NormWeightMode, OpSignatures } from "../../contract/kernels.ts";
import { checkOptionNames, type OptionNames } from "../../option-names.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add, mul } from "../binary.ts";
import { cast } from "../cast.ts";
import { mean } from "../compose.ts";
import { commonBackend, commonDType, requireFloat, requireShape, runFused, tryJoined } from "../dispatch.ts";
import { rsqrt } from "../unary.ts";

export interface RmsNormOptions {
  /** Added to the mean square, inside the root. */
  readonly eps: number;
  /** How the weight is applied, see `NormWeightMode`; default `f32-mul`. */
  readonly weightMode?: NormWeightMode;
}

/** Of the op itself. */
export interface RmsNormOntoOptions extends RmsNormOptions {
  /** What the norm is added to, `[..., C]` in the dtype of x. */
  readonly residual?: Tensor;
}

const optionNames: OptionNames<RmsNormOntoOptions> = { eps: true, weightMode: true, residual: true };

/** Definition: `n = x·rsqrt(mean(x²) + eps)` in f32, then the weight by `weightMode`; added to the residual where there is one. */
export function composeRmsNorm(
  x: Tensor,
  weight: Tensor,
  params: OpSignatures["rmsNorm"]["params"],
  residual?: Tensor,
): Tensor {
  if (residual) return scope(() => add(residual, composeRmsNorm(x, weight, params)));
  return scope(() => {
    const wide = cast(x, "f32");
    const n = mul(wide, rsqrt(add(mean(mul(wide, wide), -1, { keepDims: true }), params.eps)));
    if (params.weightMode === "cast-then-mul") return mul(cast(n, x.dtype), cast(weight, x.dtype));
    const w = cast(weight, "f32");
    return cast(mul(n, params.weightMode === "one-plus" ? add(w, 1) : w), x.dtype);
  });
}

/**
 * Root-mean-square norm over the last axis, `x / √(mean(x²) + eps) · weight`: x `[..., C]`, weight `[C]` → `[..., C]` in the
 * dtype of x, computed in f32 (Zhang & Sennrich, arXiv 1910.07467). A zero row gives zeros. With a residual: their sum.
 *
 * @throws ShapeError, DTypeError, ArgumentError for an eps that is not a number > 0, and for unknown options
 * @example
 * const y = rmsNorm(tensor(backend, [[3, 4, 0, 0]]), ones(backend, [4]), { eps: 1e-12 });
 * console.log(await y.toArray()); // [ [ 1.2000000476837158, 1.600000023841858, 0, 0 ] ]
 */
export function rmsNorm(x: Tensor, weight: Tensor, options: RmsNormOntoOptions): Tensor {
  checkOptionNames("rmsNorm", options, optionNames);
  const { eps, weightMode = "f32-mul", residual } = options;
  const backend = commonBackend("rmsNorm", x, weight, residual);
  requireFloat("rmsNorm", "x", x);
  requireFloat("rmsNorm", "weight", weight);
  requireShape("rmsNorm", "weight", weight, [x.shape.at(-1) ?? 0]);
  requireEps("rmsNorm", eps);
  const params = { eps, weightMode };
  const out = { shape: x.shape, dtype: x.dtype };
  if (residual) {
    commonDType("rmsNorm", x, residual);
    requireShape("rmsNorm", "residual", residual, x.shape);
    const joined = tryJoined("rmsNorm", backend, out, { x, weight, residual }, params);
    return joined ?? scope(() => add(residual, rmsNorm(x, weight, params)));
  }
  return runFused("rmsNorm", backend, out, { x, weight }, params, () => composeRmsNorm(x, weight, params));
}

export function requireEps(op: string, eps: number): void {
  if (!(eps > 0)) throw new ArgumentError(op, `eps is ${eps}; expected a number > 0`, { given: eps });
}
