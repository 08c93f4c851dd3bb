import type { Operand } from "../../backend.ts";
import { ShapeError } from "../../errors.ts";
import type { RopePairing } from "../../kernels.ts";
import { expandLayout, formatShape, sameShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add, mul, sub } from "../binary.ts";
import { cast } from "../cast.ts";
import { concat, stack } from "../compose.ts";
import { commonBackend, requireFloat, requireShape, runFused } from "../dispatch.ts";
import { expand, narrow, reshape, squeeze, unsqueeze } from "../view.ts";

/**
 * Definition: every pair (a, b) turns into `(a·cos − b·sin, b·cos + a·sin)`, in the dtype of x; x `[B, H, T, D]`,
 * cos and sin `[B, T, R/2]`.
 */
export function composeRope(x: Tensor, cos: Tensor, sin: Tensor, pairing: RopePairing): Tensor {
  return scope(() => {
    const [B, H, T, D] = x.shape as [number, number, number, number];
    const R = 2 * cos.shape[2];
    const c = unsqueeze(cast(cos, x.dtype), 1); // [B, 1, T, R/2]
    const s = unsqueeze(cast(sin, x.dtype), 1);
    const rotary = narrow(x, 3, 0, R);
    const pairs = pairing === "half" ? reshape(rotary, [B, H, T, 2, R / 2]) : reshape(rotary, [B, H, T, R / 2, 2]);
    const axis = pairing === "half" ? 3 : 4;
    const a = squeeze(narrow(pairs, axis, 0, 1), axis); // [B, H, T, R/2]
    const b = squeeze(narrow(pairs, axis, 1, 1), axis);
    const turned = stack([sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s))], axis);
    const joined = reshape(turned, [B, H, T, R]);
    return R === D ? joined : concat([joined, narrow(x, 3, R, D - R)], 3);
  });
}

/**
 * Rotary position embedding (Su et al., arXiv 2104.09864): turns pairs of elements of each head by the angles whose
 * cosines and sines are given.
 *
 * @param x `[B, H, T, D]`
 * @param cos `[B or 1, T, R/2]`, R ≤ D even; elements R … D−1 of a head pass through (partial rotary)
 * @param sin as cos
 * @throws ShapeError, DTypeError
 */
export function rope(x: Tensor, cos: Tensor, sin: Tensor, { pairing }: { readonly pairing: RopePairing }): Tensor {
  const backend = commonBackend("rope", x, cos, sin);
  requireFloat("rope", "x", x);
  requireFloat("rope", "cos", cos);
  requireFloat("rope", "sin", sin);
  requireShape("rope", "x", x, [-1, -1, -1, -1]);
  const [B, , T, D] = x.shape as [number, number, number, number];
  const half = cos.shape.at(-1) ?? 0;
  if (cos.rank !== 3 || cos.shape[1] !== T || (cos.shape[0] !== B && cos.shape[0] !== 1) || 2 * half > D)
    throw new ShapeError(
      "rope",
      `cos ${formatShape(cos.shape)} for x ${formatShape(x.shape)}; expected [B or 1, T, R/2], R ≤ D`,
      {
        cos: cos.shape,
        x: x.shape,
      },
    );
  if (!sameShape(cos.shape, sin.shape))
    throw new ShapeError("rope", `cos ${formatShape(cos.shape)} and sin ${formatShape(sin.shape)} differ`, {
      cos: cos.shape,
      sin: sin.shape,
    });
  const shape = [B, T, half];
  const inputs = { x, cos: expanded(cos, shape), sin: expanded(sin, shape) };
  return runFused("rope", backend, { shape: x.shape, dtype: x.dtype }, inputs, { pairing }, () =>
    composeRope(x, expand(cos, shape), expand(sin, shape), pairing),
  );
}

/** A table for all rows, without a tensor of its own. */
function expanded({ handle, layout, dtype }: Tensor, shape: readonly number[]): Operand {
  return { handle, layout: expandLayout("rope", layout, shape), dtype };
}
