import { ShapeError } from "../../errors.ts";
import { formatShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { le } from "../compare.ts";
import { sub } from "../binary.ts";
import { arange } from "../fill.ts";
import { unsqueeze } from "../view.ts";
import { where } from "../where.ts";

/** Column − row of every element of the last two axes `[M, N]`, i32. */
function diagonals(op: string, x: Tensor): Tensor {
  if (x.rank < 2)
    throw new ShapeError(op, `x is ${formatShape(x.shape)}; expected [..., M, N], reshape() it`, { given: x.shape });
  const [M, N] = x.shape.slice(-2);
  return sub(arange(x.backend, 0, N), unsqueeze(arange(x.backend, 0, M), 1)); // [N] − [M, 1] → [M, N]
}

/**
 * Lower triangle of x `[..., M, N]`: 0 where `column − row > k`. k = 0 keeps the diagonal, −1 drops it.
 *
 * @throws ShapeError below rank 2
 * @example
 * console.log(await tril(ones(backend, [2, 3])).toArray()); // [ [ 1, 0, 0 ], [ 1, 1, 0 ] ]
 */
export const tril = (x: Tensor, k = 0): Tensor => scope(() => where(le(diagonals("tril", x), k), x, 0));

/**
 * Upper triangle of x `[..., M, N]`: 0 where `column − row < k`. k = 0 keeps the diagonal, 1 drops it.
 *
 * @throws ShapeError below rank 2
 * @example
 * console.log(await triu(ones(backend, [2, 3])).toArray()); // [ [ 1, 1, 1 ], [ 0, 1, 1 ] ]
 */
export const triu = (x: Tensor, k = 0): Tensor => scope(() => where(le(k, diagonals("triu", x)), x, 0));
