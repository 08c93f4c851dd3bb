import { ShapeError } from "../errors.ts";
import { formatShape, normalizeAxes, normalizeAxis, sameShape, type Axes } from "../layout.ts";
import { scope } from "../scope.ts";
import { Tensor } from "../tensor.ts";
import { add, div, maximum, minimum, mul, sub } from "./binary.ts";
import { commonBackend, commonDType } from "./dispatch.ts";
import { reducedLength } from "./reduced-axes.ts";
import { sum, type ReduceOptions } from "./reduce.ts";
import { sliceUpdate } from "./slice-update.ts";
import { exp, neg } from "./unary.ts";
import { expand, narrow, reshape, unsqueeze } from "./view.ts";

/**
 * Mean along the given axes, all by default: `Σx / n`; NaN for an empty run. Floats only.
 *
 * @throws ShapeError for an axis outside the rank, DTypeError for other dtypes
 * @example
 * console.log(await mean(tensor(backend, [[1, 2], [3, 6]]), 1).toArray()); // [ 1.5, 4.5 ]
 */
export function mean(x: Tensor, axis?: Axes, options: ReduceOptions = {}): Tensor {
  const axes = normalizeAxes("mean", axis, x.rank);
  return scope(() => div(sum(x, axes, options), reducedLength(x, axes)));
}

/**
 * Population variance along the given axes, all by default: `mean((x − mean)²)`. Floats only.
 *
 * @example
 * console.log(await variance(tensor(backend, [1, 2, 3, 6])).item()); // 3.5
 */
export function variance(x: Tensor, axis?: Axes, options: ReduceOptions = {}): Tensor {
  return scope(() => {
    const centred = sub(x, mean(x, axis, { keepDims: true }));
    return mean(mul(centred, centred), axis, options);
  });
}

/**
 * Tensors of one dtype joined along one axis; all other lengths are equal. A new tensor.
 *
 * @throws ShapeError where the other lengths differ, DTypeError where the dtypes do
 * @example
 * console.log(concat([zeros(backend, [2, 3]), zeros(backend, [4, 3])], 0).shape); // [ 6, 3 ]
 */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const backend = commonBackend("concat", ...tensors);
  const dtype = commonDType("concat", ...tensors);
  const first = tensors[0];
  const at = normalizeAxis("concat", axis, first.rank);
  for (const t of tensors) {
    const expected = first.shape.map((n, k) => (k === at ? (t.shape[k] ?? -1) : n));
    if (!sameShape(t.shape, expected))
      throw new ShapeError("concat", `${formatShape(first.shape)} beside ${formatShape(t.shape)} along axis ${axis}`, {
        a: first.shape,
        b: t.shape,
        axis,
      });
  }
  const shape = first.shape.map((n, k) => (k === at ? tensors.reduce((total, t) => total + t.shape[at], 0) : n));
  return scope(() => {
    const out = Tensor.empty(backend, shape, dtype);
    let start = 0;
    for (const t of tensors) {
      sliceUpdate(
        out,
        t,
        shape.map((_, k) => (k === at ? start : 0)),
      );
      start += t.shape[at];
    }
    return out;
  });
}

/**
 * Tensors of one shape and dtype joined along a new axis. A new tensor.
 *
 * @throws ShapeError where the shapes differ, DTypeError where the dtypes do
 * @example
 * console.log(stack([zeros(backend, [3]), ones(backend, [3])], 0).shape); // [ 2, 3 ]
 */
export function stack(tensors: readonly Tensor[], axis: number): Tensor {
  return scope(() =>
    concat(
      tensors.map((t) => unsqueeze(t, axis)),
      axis,
    ),
  );
}

/**
 * Views of consecutive runs of one axis; `lengths` must add up to it.
 *
 * @throws ShapeError where they do not
 * @example
 * const [q, k] = split(zeros(backend, [2, 6]), [4, 2], 1);
 * console.log([q.shape, k.shape]); // [ [ 2, 4 ], [ 2, 2 ] ]
 */
export function split(x: Tensor, lengths: readonly number[], axis: number): Tensor[] {
  const at = normalizeAxis("split", axis, x.rank);
  const total = lengths.reduce((a, b) => a + b, 0);
  if (total !== x.shape[at])
    throw new ShapeError(
      "split",
      `lengths [${lengths.join(", ")}] add up to ${total}, axis ${axis} has ${x.shape[at]}`,
      {
        lengths,
        shape: x.shape,
      },
    );
  let start = 0;
  return lengths.map((length) => {
    const part = narrow(x, at, start, length);
    start += length;
    return part;
  });
}

/**
 * Each entry of an axis `times` in a row: a b → a a b b (PyTorch's repeat_interleave).
 *
 * @example
 * console.log(await repeatInterleave(tensor(backend, [1, 2]), 2, 0).toArray()); // [ 1, 1, 2, 2 ]
 */
export function repeatInterleave(x: Tensor, times: number, axis: number): Tensor {
  const at = normalizeAxis("repeatInterleave", axis, x.rank);
  return scope(() => {
    const spread = expand(unsqueeze(x, at + 1), [...x.shape.slice(0, at + 1), times, ...x.shape.slice(at + 1)]);
    return reshape(
      spread,
      x.shape.map((n, k) => (k === at ? n * times : n)),
    );
  });
}

/**
 * `min(max(x, low), high)`, element by element. A new tensor.
 *
 * @example
 * console.log(await clamp(tensor(backend, [-2, 0.5, 9]), 0, 1).toArray()); // [ 0, 0.5, 1 ]
 */
export function clamp(x: Tensor, low: number, high: number): Tensor {
  return scope(() => minimum(maximum(x, low), high));
}

/**
 * `1 / (1 + e^(−x))`
 *
 * @example
 * console.log(await sigmoid(tensor(backend, [0, Infinity])).toArray()); // [ 0.5, 1 ]
 */
export function sigmoid(x: Tensor): Tensor {
  return scope(() => div(1, add(exp(neg(x)), 1)));
}
