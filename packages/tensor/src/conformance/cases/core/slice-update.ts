import fc from "fast-check";
import { drawnValues, usualFill, type Argument } from "../../draws/argument.ts";
import { dtypeNames, type DType } from "../../../dtypes/dtype.ts";
import { ShapeError } from "../../../errors.ts";
import { sliceUpdate } from "../../../ops/slice-update.ts";
import { permute } from "../../../ops/view.ts";
import { scope } from "../../../scope.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { expected, flatIndex } from "../../tensor-values.ts";
import { uploadDense, type LayoutDraw } from "../../draws/memory-layout.ts";
import { laneLengths, layouts, longLength, seeds, shapes } from "../../draws/shapes.ts";

interface SliceUpdateCall {
  /** The storage that is written into. */
  readonly target: Argument;
  /** Axis k of the view that is updated is axis `axes[k]` of the target. */
  readonly axes: readonly number[];
  /** Where the source starts, on the axes of that view. */
  readonly starts: readonly number[];
}

interface Draw {
  readonly shape: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly turned: boolean;
  readonly layout: LayoutDraw;
  readonly seed: number;
}

const call = (
  { shape, before, after, turned, layout, seed }: Draw,
  dtype: DType,
): Call<"sliceUpdate", SliceUpdateCall> => {
  const viewShape = shape.map((n, axis) => before[axis] + n + after[axis]);
  const axes = shape.map((_, axis) => (turned ? shape.length - 1 - axis : axis));
  const target: Argument = {
    dtype,
    // Reversing the axes is its own inverse.
    shape: axes.map((axis) => viewShape[axis]),
    layout: { kind: "contiguous", seed: 0 },
    fill: usualFill(dtype, seed + 1),
  };
  return {
    inputs: { source: { dtype, shape, layout, fill: usualFill(dtype, seed) } },
    params: { target, axes, starts: before.slice(0, shape.length) },
  };
};

const margins = fc.array(fc.nat({ max: 3 }), { minLength: 4, maxLength: 4 });
const draws: fc.Arbitrary<Draw> = fc.record({
  shape: shapes(0, 4),
  before: margins,
  after: margins,
  turned: fc.boolean(),
  layout: layouts,
  seed: seeds,
});

const example = (shape: readonly number[], turned: boolean, margin: number): Draw => ({
  shape,
  before: [margin, margin, margin, margin],
  after: [margin, margin, margin, margin],
  turned,
  layout: { kind: "contiguous", seed: 0 },
  seed: 5,
});

/** target[starts + i] = source[i], the rest of the target unchanged; the whole target is the result */
export const sliceUpdateCase: ConformanceCase<"sliceUpdate", SliceUpdateCall> = {
  op: "sliceUpdate",
  dtypes: dtypeNames,
  variants: () => [""],
  elementwise: true,
  calls: ({ dtype }) => draws.map((draw) => call(draw, dtype)),
  examples: ({ dtype }) =>
    [
      ...laneLengths.map((n) => example([2, n], false, 1)),
      ...laneLengths.flatMap((n) => [example([n, 2], true, 1), example([2, n], true, 1)]),
      example([longLength], false, 2),
      example([3, 4, 5], false, 0),
      example([], false, 0),
      example([2, 0], false, 1),
    ].map((draw) => call(draw, dtype)),
  run: (backend, { source }, { target, axes, starts }) => {
    const result = uploadDense(backend, drawnValues(target));
    scope(() => sliceUpdate(permute(result, axes), source, starts));
    return result;
  },
  oracle: ({ inputs: { source }, params: { target, axes, starts } }, { dtype }) => {
    const values = drawnValues(target);
    return expected(dtype, target.shape, (index, flat) => {
      const inside = axes.map((axis, k) => index[axis] - starts[k]);
      const hit = inside.every((i, k) => i >= 0 && i < source.shape[k]);
      return hit ? source.data[flatIndex(source.shape, inside)] : values.data[flat];
    });
  },
  tolerance: () => ({ kind: "exact", reason: "nothing is computed" }),
  sprinkled: ["source"],
  misuses: ({ make }) => [
    {
      title: "ranks",
      run: () => sliceUpdate(make([2, 3]), make([3]), [0, 0]),
      error: ShapeError,
      mentions: ["sliceUpdate", "[2, 3]", "[3]"],
    },
    {
      title: "beyond the end",
      run: () => sliceUpdate(make([2, 3]), make([2, 2]), [0, 2]),
      error: ShapeError,
      mentions: ["sliceUpdate", "[2, 4)", "[2, 3]"],
    },
    {
      title: "negative start",
      run: () => sliceUpdate(make([2, 3]), make([1, 1]), [-1, 0]),
      error: ShapeError,
      mentions: ["sliceUpdate", "[-1, 0)", "[2, 3]"],
    },
  ],
};
