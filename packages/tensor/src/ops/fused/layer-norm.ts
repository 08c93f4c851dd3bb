import { checkOptionNames } from "../../option-names.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add, mul, sub } from "../binary.ts";
import { cast } from "../cast.ts";
import { mean, variance } from "../compose.ts";
import { commonBackend, requireFloat, requireShape, runFused } from "../dispatch.ts";
import { rsqrt } from "../unary.ts";
import { requireEps } from "./rms-norm.ts";

/** Definition: `(x − mean)·rsqrt(var + eps)·weight + bias` in f32, cast to the dtype of x. */
export function composeLayerNorm(x: Tensor, weight: Tensor, bias: Tensor | undefined, eps: number): Tensor {
  return scope(() => {
    const wide = cast(x, "f32");
    const centred = sub(wide, mean(wide, -1, { keepDims: true }));
    const n = mul(centred, rsqrt(add(variance(wide, -1, { keepDims: true }), eps)));
    const scaled = mul(n, cast(weight, "f32"));
    return cast(bias ? add(scaled, cast(bias, "f32")) : scaled, x.dtype);
  });
}

/**
 * Layer norm over the last axis, `(x − mean) / √(variance + eps) · weight + bias`: x `[..., C]`, weight and bias `[C]` →
 * `[..., C]` in the dtype of x, computed in f32 (Ba et al., arXiv 1607.06450).
 *
 * @throws ShapeError, DTypeError, ArgumentError for an eps that is not a number > 0
 * @example
 * const y = layerNorm(tensor(backend, [[1, 3]]), ones(backend, [2]), undefined, { eps: 1e-12 });
 * console.log(await y.toArray()); // [ [ -1, 1 ] ]
 */
export function layerNorm(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options: { readonly eps: number },
): Tensor {
  checkOptionNames("layerNorm", options, { eps: true });
  const { eps } = options;
  const backend = commonBackend("layerNorm", x, weight, bias);
  const inputs = bias ? { x, weight, bias } : { x, weight };
  requireFloat("layerNorm", "x", x);
  requireFloat("layerNorm", "weight", weight);
  const width = [x.shape.at(-1) ?? 0];
  requireShape("layerNorm", "weight", weight, width);
  if (bias) {
    requireFloat("layerNorm", "bias", bias);
    requireShape("layerNorm", "bias", bias, width);
  }
  requireEps("layerNorm", eps);
  const out = { shape: x.shape, dtype: x.dtype };
  return runFused("layerNorm", backend, out, inputs, { eps }, () => composeLayerNorm(x, weight, bias, eps));
}
