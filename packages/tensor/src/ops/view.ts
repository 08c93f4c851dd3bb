import { expandLayout, narrowLayout, normalizeAxis, permuteLayout, resolveShape, tryReshapeLayout } from "../layout.ts";
import { ShapeError } from "../errors.ts";
import { formatShape } from "../layout.ts";
import type { Tensor } from "../tensor.ts";
import { copy } from "./copy.ts";

/**
 * The same elements in row-major order under another shape; one −1 is worked out. A view where strides allow, else a copy;
 * either way a handle of its own, which belongs to the scope around the call, or to the caller.
 *
 * @throws ShapeError where the number of elements differs
 * @example
 * console.log(reshape(zeros(backend, [2, 3, 4]), [6, -1]).shape); // [ 6, 4 ]
 */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const resolved = resolveShape("reshape", x.shape, shape);
  const layout = tryReshapeLayout(x.layout, resolved);
  if (layout) return x.view(layout);
  using dense = copy(x);
  const view = tryReshapeLayout(dense.layout, resolved);
  if (!view) throw new ShapeError("reshape", `${formatShape(x.shape)} does not fit ${formatShape(shape)}`);
  return dense.view(view);
}

/**
 * View with axes reordered: axis k of the result is axis `axes[k]` of x.
 *
 * @throws ShapeError unless `axes` names each axis once
 * @example
 * console.log(permute(zeros(backend, [2, 3, 4]), [1, 0, 2]).shape); // [ 3, 2, 4 ]
 */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  return x.view(permuteLayout("permute", x.layout, axes));
}

/**
 * View with two axes swapped; by default the last two.
 *
 * @throws ShapeError for an axis outside the rank
 * @example
 * console.log(await transpose(tensor(backend, [[1, 2], [3, 4]])).toArray()); // [ [ 1, 3 ], [ 2, 4 ] ]
 */
export function transpose(x: Tensor, axis0 = -2, axis1 = -1): Tensor {
  const a = normalizeAxis("transpose", axis0, x.rank);
  const b = normalizeAxis("transpose", axis1, x.rank);
  const axes = x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis));
  return x.view(permuteLayout("transpose", x.layout, axes));
}

/**
 * View with axes of length 1 repeated and new leading axes, up to `shape` (NumPy's broadcast_to).
 *
 * @throws ShapeError where an axis of another length would have to change
 * @example
 * console.log(await expand(tensor(backend, [[1], [2]]), [2, 3]).toArray()); // [ [ 1, 1, 1 ], [ 2, 2, 2 ] ]
 */
export function expand(x: Tensor, shape: readonly number[]): Tensor {
  return x.view(expandLayout("expand", x.layout, shape));
}

/**
 * View of `length` entries of one axis from `start`.
 *
 * @throws ShapeError where they reach outside the axis
 * @example
 * console.log(await narrow(tensor(backend, [1, 2, 3, 4]), 0, 1, 2).toArray()); // [ 2, 3 ]
 */
export function narrow(x: Tensor, axis: number, start: number, length: number): Tensor {
  return x.view(narrowLayout("narrow", x.layout, axis, start, length));
}

/**
 * View without an axis of length 1.
 *
 * @throws ShapeError when its length is not 1
 * @example
 * console.log(squeeze(zeros(backend, [2, 1, 3]), 1).shape); // [ 2, 3 ]
 */
export function squeeze(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis("squeeze", axis, x.rank);
  if (x.shape[at] !== 1)
    throw new ShapeError("squeeze", `axis ${axis} of ${formatShape(x.shape)} has length ${x.shape[at]}; expected 1`, {
      shape: x.shape,
      axis,
    });
  const keep = (_: number, axis: number): boolean => axis !== at;
  return x.view({ ...x.layout, shape: x.shape.filter(keep), strides: x.layout.strides.filter(keep) });
}

/**
 * View with a new axis of length 1 before `axis` (negative counts from the end of the result).
 *
 * @example
 * console.log(unsqueeze(zeros(backend, [2, 3]), -1).shape); // [ 2, 3, 1 ]
 */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis("unsqueeze", axis, x.rank + 1);
  return x.view({
    ...x.layout,
    shape: [...x.shape.slice(0, at), 1, ...x.shape.slice(at)],
    strides: [...x.layout.strides.slice(0, at), 0, ...x.layout.strides.slice(at)],
  });
}
