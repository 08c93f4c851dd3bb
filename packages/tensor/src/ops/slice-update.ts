import { ShapeError } from "../errors.ts";
import { formatShape, narrowLayout, type Layout } from "../layout.ts";
import type { Tensor } from "../tensor.ts";
import { commonBackend, runSliceUpdate } from "./dispatch.ts";

/**
 * Writes `source` into `target` at `starts`, in place: the only op that changes a tensor. Every view of the target's
 * storage sees it. The source is cast to the target's dtype.
 *
 * @throws ShapeError when ranks differ or the region reaches outside the target
 * @example
 * const x = zeros(backend, [4]);
 * sliceUpdate(x, ones(backend, [2]), [1]);
 * console.log(await x.toArray()); // [ 0, 1, 1, 0 ]
 */
export function sliceUpdate(target: Tensor, source: Tensor, starts: readonly number[]): void {
  const backend = commonBackend("sliceUpdate", target, source);
  if (source.rank !== target.rank || starts.length !== target.rank)
    throw new ShapeError(
      "sliceUpdate",
      `source ${formatShape(source.shape)} at [${starts.join(", ")}] does not fit target ${formatShape(target.shape)}`,
      { target: target.shape, source: source.shape, starts },
    );
  let layout: Layout = target.layout;
  source.shape.forEach((length, axis) => {
    layout = narrowLayout("sliceUpdate", layout, axis, starts[axis], length);
  });
  runSliceUpdate(backend, { handle: target.handle, layout, dtype: target.dtype }, source);
}
