import { ShapeError } from "../errors.ts";
import { broadcastShapes, formatShape } from "../layout.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { commonBackend, requireFloat, runCore } from "./dispatch.ts";
import { expand, squeeze, unsqueeze } from "./view.ts";

/**
 * Matrix product over the last two axes: a `[..., M, K]` × b `[..., K, N]` → `[..., M, N]`, leading axes broadcast. As in
 * NumPy a vector `[K]` on the left is a row, on the right a column, and its axis is gone from the result: `[K] × [K]` → `[]`.
 * Both are floats; the result has the dtype of a. Sums are kept in f32 or wider.
 *
 * @throws ShapeError naming both shapes, DTypeError
 * @example
 * matmul(x, transpose(weight)); // [T, C], [F, C] → [T, F]
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const backend = commonBackend("matmul", a, b);
  requireFloat("matmul", "a", a);
  requireFloat("matmul", "b", b);
  if (a.rank === 0 || b.rank === 0 || a.shape.at(-1) !== b.shape.at(b.rank === 1 ? 0 : -2))
    throw new ShapeError(
      "matmul",
      `${formatShape(a.shape)} × ${formatShape(b.shape)}; expected [..., M, K] × [..., K, N] or a vector [K] on either side`,
      { a: a.shape, b: b.shape },
    );
  if (a.rank === 1) return scope(() => squeeze(matmul(unsqueeze(a, 0), b), b.rank === 1 ? 0 : -2));
  if (b.rank === 1) return scope(() => squeeze(matmul(a, unsqueeze(b, 1)), -1));
  return scope(() => {
    const lead = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
    const left = expand(a, [...lead, ...a.shape.slice(-2)]);
    const right = expand(b, [...lead, ...b.shape.slice(-2)]);
    const shape = [...lead, a.shape[a.rank - 2], b.shape[b.rank - 1]];
    return runCore("matmul", backend, { shape, dtype: a.dtype }, { a: left, b: right }, {});
  });
}
