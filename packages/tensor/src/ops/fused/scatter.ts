import { isFloat } from "../../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../../errors.ts";
import { formatShape, normalizeAxis, sameShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add, maximum, sub } from "../binary.ts";
import { asDType } from "../cast.ts";
import { eq, gt } from "../compare.ts";
import { copy } from "../copy.ts";
import { commonBackend, commonDType, runFused } from "../dispatch.ts";
import { arange, full } from "../fill.ts";
import { checkedIndices, fromStart, namingIndices, requireIndices } from "../indices.ts";
import { max, sum } from "../reduce.ts";
import { sliceUpdate } from "../slice-update.ts";
import { expand, narrow, transpose, unsqueeze } from "../view.ts";
import { where } from "../where.ts";
import { takeFromRows } from "./take-from-rows.ts";

/** Definition for x `[..., R]`, indices and source `[..., S]`, by R·S comparisons; floats are added up in f32. */
export function composeScatter(x: Tensor, indices: Tensor, source: Tensor, adds: boolean): Tensor {
  const [R, S] = [x.shape[x.rank - 1], source.shape[source.rank - 1]];
  if (S === 0) return copy(x);
  return scope(() => {
    const rows = unsqueeze(arange(x.backend, 0, R), 1); // [R, 1]
    const hits = eq(rows, unsqueeze(checkedIndices(indices, R), -2)); // [..., R, S]
    if (adds) {
      const wide = (t: Tensor): Tensor => (isFloat(t.dtype) ? asDType(t, "f32") : t);
      const sums = sum(where(hits, unsqueeze(wide(source), -2), 0), -1); // [..., R]
      return asDType(add(wide(x), sums), x.dtype);
    }
    const last = max(where(hits, arange(x.backend, 1, S + 1), 0), -1); // [..., R]: 1 + the last s that hits, or 0
    return where(gt(last, 0), takeFromRows(source, maximum(sub(last, 1), 0)), x);
  });
}

/** Scatters along the last axis of x `[..., R]`; positions in [0, R) and source `[..., S]`. */
function scatterLast(op: string, x: Tensor, positions: Tensor, source: Tensor, adds: boolean): Tensor {
  const R = x.shape[x.rank - 1];
  const inputs = { x, indices: positions, source };
  return namingIndices(op, R, -R, () =>
    runFused("scatter", x.backend, { shape: x.shape, dtype: x.dtype }, inputs, { add: adds }, () =>
      composeScatter(x, positions, source, adds),
    ),
  );
}

/** Checks what all scatters share; gives the axis. */
function checkScatter(op: string, x: Tensor, indices: Tensor, source: Tensor, axis: number, adds: boolean): number {
  commonBackend(op, x, indices, source);
  requireIndices(op, indices);
  const dtype = commonDType(op, x, source);
  if (adds && dtype === "bool")
    throw new DTypeError(op, "bool cannot be added; cast() x and source to i32", { given: dtype });
  return normalizeAxis(op, axis, x.rank);
}

/** The first entries of every axis. */
const narrowTo = (t: Tensor, shape: readonly number[]): Tensor =>
  shape.reduce((part, n, axis) => narrow(part, axis, 0, n), t);

function scatterInto(
  op: string,
  x: Tensor,
  indices: Tensor,
  given: Tensor | number,
  axis: number,
  adds: boolean,
): Tensor {
  return scope(() => {
    const source = typeof given === "number" ? expand(full(x.backend, [], given, x.dtype), indices.shape) : given;
    const at = checkScatter(op, x, indices, source, axis, adds);
    const fits =
      indices.rank === x.rank &&
      source.rank === x.rank &&
      indices.shape.every((n, k) => n <= source.shape[k] && (k === at || n <= x.shape[k]));
    if (!fits)
      throw new ShapeError(
        op,
        `indices ${formatShape(indices.shape)} into ${formatShape(x.shape)} from ${formatShape(source.shape)}; expected one rank, and indices no longer than source, nor than x on axes other than ${axis}`,
        { x: x.shape, indices: indices.shape, source: source.shape, axis },
      );
    // Of x the whole scattered axis, and on the others what lies under the indices.
    const under = narrowTo(x, indices.shape.with(at, x.shape[at]));
    const last = (t: Tensor): Tensor => transpose(t, at, -1);
    const positions = last(fromStart(indices, x.shape[at]));
    const part = last(scatterLast(op, last(under), positions, last(narrowTo(source, indices.shape)), adds));
    if (sameShape(part.shape, x.shape)) return part;
    const out = copy(x);
    sliceUpdate(
      out,
      part,
      x.shape.map(() => 0),
    );
    return out;
  });
}

/**
 * A copy of x with elements along one axis replaced: for axis 0 `out[indices[i, j], j] = source[i, j]` (PyTorch's scatter,
 * NumPy's put_along_axis). indices (i32) may be shorter than x and source on any axis; where several name one element,
 * the last in row order stays. Negative indices count from the end. A number as source is written everywhere.
 *
 * @throws ShapeError, DTypeError; ArgumentError for an index outside the axis, on backends with synchronous kernels
 *   (elsewhere the read of the result rejects)
 * @example
 * const places = tensor(backend, [2, 0], { dtype: "i32" });
 * console.log(await scatter(zeros(backend, [3]), places, tensor(backend, [7, 9]), 0).toArray()); // [ 9, 0, 7 ]
 */
export function scatter(x: Tensor, indices: Tensor, source: Tensor | number, axis: number): Tensor {
  return scatterInto("scatter", x, indices, source, axis, false);
}

/**
 * As `scatter`, but added to what is there: for axis 0 `out[indices[i, j], j] += source[i, j]`, in f32 or wider and rounded
 * once; integers wrap (PyTorch's scatter_add).
 *
 * @throws as `scatter`, and DTypeError for bool
 * @example
 * const bins = tensor(backend, [0, 2, 2], { dtype: "i32" });
 * console.log(await scatterAdd(zeros(backend, [3]), bins, 1, 0).toArray()); // [ 1, 0, 2 ]
 */
export function scatterAdd(x: Tensor, indices: Tensor, source: Tensor | number, axis: number): Tensor {
  return scatterInto("scatterAdd", x, indices, source, axis, true);
}

/**
 * A copy of x with whole entries of one axis added to: for axis 0 `out[indices[i]] += source[i]` (PyTorch's index_add).
 * indices `[S]` (i32), negative ones from the end; source has the shape of x but S on the axis.
 *
 * @throws as `scatterAdd`
 * @example
 * const rows = tensor(backend, [1, 1], { dtype: "i32" });
 * console.log(await indexAdd(zeros(backend, [2, 2]), rows, tensor(backend, [[1, 2], [3, 4]]), 0).toArray()); // [ [ 0, 0 ], [ 4, 6 ] ]
 */
export function indexAdd(x: Tensor, indices: Tensor, source: Tensor, axis: number): Tensor {
  const at = checkScatter("indexAdd", x, indices, source, axis, true);
  if (indices.rank !== 1 || !sameShape(source.shape, x.shape.with(at, indices.size)))
    throw new ShapeError(
      "indexAdd",
      `indices ${formatShape(indices.shape)} and source ${formatShape(source.shape)} for ${formatShape(x.shape)}; expected [S], and ${formatShape(x.shape)} with S on axis ${axis}`,
      { x: x.shape, indices: indices.shape, source: source.shape, axis },
    );
  return scope(() => {
    const [rows, from] = [transpose(x, at, -1), transpose(source, at, -1)];
    const positions = expand(fromStart(indices, x.shape[at]), from.shape); // [S] → [..., S]
    return transpose(scatterLast("indexAdd", rows, positions, from, true), at, -1);
  });
}
