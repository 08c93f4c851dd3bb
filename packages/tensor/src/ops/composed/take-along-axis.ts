import { ShapeError } from "../../errors.ts";
import { broadcastShapes, formatShape, normalizeAxis } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { commonBackend } from "../dispatch.ts";
import { takeFromRows } from "../fused/take-from-rows.ts";
import { checkedIndices, fromStart, namingIndices, requireIndices } from "../indices.ts";
import { expand, transpose } from "../view.ts";

/**
 * Elements of x at positions along one axis: for the last, `out[…, s] = x[…, indices[…, s]]` (NumPy's take_along_axis,
 * PyTorch's gather). x and indices (i32) have one rank; their other axes broadcast. Negative indices count from the end.
 *
 * @returns a new tensor of the dtype of x and the shape of indices, broadcast
 * @throws ShapeError, DTypeError; ArgumentError for an index outside the axis, on backends with synchronous kernels (elsewhere
 *   the read of the result rejects)
 * @example
 * takeAlongAxis(logProbabilities, labels, -1); // [N, V], [N, 1] → [N, 1]
 */
export function takeAlongAxis(x: Tensor, indices: Tensor, axis = -1): Tensor {
  commonBackend("takeAlongAxis", x, indices);
  requireIndices("takeAlongAxis", indices);
  const at = normalizeAxis("takeAlongAxis", axis, x.rank);
  if (indices.rank !== x.rank)
    throw new ShapeError(
      "takeAlongAxis",
      `indices ${formatShape(indices.shape)} beside ${formatShape(x.shape)}; expected one rank, reshape() one of them`,
      { x: x.shape, indices: indices.shape },
    );
  const others = broadcastShapes("takeAlongAxis", x.shape.with(at, 1), indices.shape.with(at, 1));
  return scope(() => {
    const R = x.shape[at];
    const positions = namingIndices("takeAlongAxis", R, -R, () => checkedIndices(fromStart(indices, R), R));
    const last = (t: Tensor): Tensor => transpose(expand(t, others.with(at, t.shape[at])), at, -1);
    return transpose(takeFromRows(last(x), last(positions)), at, -1);
  });
}
