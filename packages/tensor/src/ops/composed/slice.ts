import { ArgumentError, ShapeError } from "../../errors.ts";
import { formatShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { flip } from "./flip.ts";

/**
 * What to take of an axis, as between the brackets of NumPy: a number takes that entry and drops the axis;
 * `[start, stop, step]` takes `start, start + step, …` before `stop`, null or a missing number standing for an open end or
 * a step of 1; null takes all. Negative numbers count from the end.
 */
export type SliceRange = number | null | readonly [start: number | null, stop?: number | null, step?: number | null];

/** Entries `first, first + step, …` of an axis, `count` of them, step > 0; `reversed`: wanted in falling order. */
interface Run {
  readonly first: number;
  readonly count: number;
  readonly step: number;
  readonly reversed: boolean;
  readonly dropped: boolean;
}

const whole = (n: number): Run => ({ first: 0, count: n, step: 1, reversed: false, dropped: false });

/**
 * x as `x[ranges]` in NumPy, one range per axis, later axes whole. A view of the storage of x, to be disposed like any
 * tensor; a copy where a step is negative.
 *
 * @throws ShapeError for more ranges than axes or an entry outside its axis, ArgumentError for a step of 0 or a fraction
 * @example
 * slice(x, [[1, null, 2], -1]); // x[1::2, -1]
 * slice(x, [null, [null, null, -1]]); // x[:, ::-1]
 */
export function slice(x: Tensor, ranges: readonly SliceRange[]): Tensor {
  if (ranges.length > x.rank)
    throw new ShapeError("slice", `${ranges.length} ranges for ${formatShape(x.shape)}; give one per axis at most`, {
      given: ranges,
      shape: x.shape,
    });
  const runs = x.shape.map((n, axis) => {
    const range = ranges[axis] ?? null;
    if (range === null) return whole(n);
    return typeof range === "number" ? entry(x, axis, range) : run(n, axis, range);
  });
  const kept = runs.map((_, axis) => axis).filter((axis) => !runs[axis].dropped);
  const { strides } = x.layout;
  return scope(() => {
    const view = x.view({
      shape: kept.map((axis) => runs[axis].count),
      strides: kept.map((axis) => strides[axis] * runs[axis].step),
      offset: runs.reduce((at, { first }, axis) => at + first * strides[axis], x.layout.offset),
    });
    const reversed = kept.flatMap((axis, at) => (runs[axis].reversed ? [at] : []));
    return reversed.length > 0 ? flip(view, reversed) : view;
  });
}

function entry(x: Tensor, axis: number, index: number): Run {
  const n = x.shape[axis];
  const at = index < 0 ? index + n : index;
  if (!Number.isInteger(index) || at < 0 || at >= n)
    throw new ShapeError(
      "slice",
      `entry ${index} is outside axis ${axis} of ${formatShape(x.shape)}; expected a whole number from ${-n} to ${n - 1}`,
      { given: index, axis, shape: x.shape },
    );
  return { first: at, count: 1, step: 1, reversed: false, dropped: true };
}

/** Python's `slice(start, stop, step).indices(n)`: ends beyond the axis are clamped to it. */
function run(n: number, axis: number, [start, stop, step]: Exclude<SliceRange, number | null>): Run {
  const by = step ?? 1;
  if (by === 0 || [start, stop, by].some((end) => end !== null && end !== undefined && !Number.isInteger(end)))
    throw new ArgumentError(
      "slice",
      `range [${[start, stop, step].map(String).join(", ")}] of axis ${axis}; expected whole numbers and a step that is not 0`,
      { given: [start, stop, step], axis },
    );
  const [low, high] = by > 0 ? [0, n] : [-1, n - 1];
  const clamp = (end: number): number => Math.min(Math.max(end < 0 ? end + n : end, low), high);
  const from = start === null ? (by > 0 ? low : high) : clamp(start);
  const to = stop === null || stop === undefined ? (by > 0 ? high : low) : clamp(stop);
  const count = Math.max(0, Math.ceil((to - from) / by));
  if (count === 0) return { ...whole(0) };
  return {
    first: by > 0 ? from : from + (count - 1) * by,
    count,
    step: Math.abs(by),
    reversed: by < 0,
    dropped: false,
  };
}
