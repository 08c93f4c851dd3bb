import { given, drawnValues, smallIntegers, usualFill, type Argument } from "../../draws/argument.ts";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { ArgumentError, ShapeError } from "../../../errors.ts";
import { sort } from "../../../ops/composed/sort.ts";
import { takeAlongAxis } from "../../../ops/composed/take-along-axis.ts";
import { argsort, composeArgsort } from "../../../ops/fused/argsort.ts";
import { topk } from "../../../ops/fused/topk.ts";
import { transpose } from "../../../ops/view.ts";
import type { Call, CallKind, ConformanceCase, Property } from "../../case.ts";
import { expectSame } from "../../compare.ts";
import { elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { at, countOf, expected, perRow, sliceOf, type TensorValues } from "../../tensor-values.ts";
import { download, uploadDense } from "../../draws/memory-layout.ts";
import { specialValues } from "../../formulas/number-format.ts";
import { session } from "../../session.ts";

interface ArgsortCall {
  readonly axis: number;
}

/** Ties in two of three draws: whole numbers, and special values over and over. */
const argument = ({ shape, layouts, seed }: ElementwiseDraw, dtype: DType): Argument => {
  const values = specialValues(dtype);
  const fills = [usualFill(dtype, seed), smallIntegers(dtype, seed), { kind: "values", values } as const];
  return { dtype, shape, layout: layouts[0], fill: fills[seed % fills.length] };
};

const call = (draw: ElementwiseDraw, { dtype }: CallKind): Call<"argsort", ArgsortCall> => ({
  inputs: { x: argument(draw, dtype) },
  // The last axis in every second draw.
  params: { axis: draw.seed % 2 === 0 ? -1 : (draw.seed % (2 * draw.shape.length)) - draw.shape.length },
});

const sortedAxis = (x: TensorValues, axis: number): number => (axis < 0 ? axis + x.shape.length : axis);

/** Whether element j comes before element i, both of one row. */
export const isBefore = (row: readonly number[], j: number, i: number, falling: boolean): boolean => {
  const rank = (value: number): number => (Number.isNaN(value) ? Infinity : value);
  const [a, b] = [row[j], row[i]];
  // NaN is above +∞.
  const above = Number.isNaN(a) ? !Number.isNaN(b) : rank(a) > b;
  const below = Number.isNaN(b) ? !Number.isNaN(a) : a < rank(b);
  if (!above && !below) return j < i;
  return falling ? above : below;
};

const draws = elementwiseDraws(1, 1);

const ranksLeadBack: Property<ElementwiseDraw> = {
  title: "the positions of positions are ranks, and look up x in sorted x",
  draws,
  holds: (backend, draw) =>
    session(async (s) => {
      const host = drawnValues(argument({ ...draw, seed: draw.seed * 3 }, "f32"));
      const found = s.run(() => {
        const x = uploadDense(backend, host);
        return takeAlongAxis(sort(x), argsort(argsort(x)));
      });
      expectSame("sorted[ranks]", await download(found), host);
    }),
};

const topIsFirst: Property<ElementwiseDraw> = {
  title: "topk gives the start of the sorted row, whichever way it goes",
  draws,
  holds: (backend, draw) =>
    session(async (s) => {
      const host = drawnValues(argument(draw, "f32"));
      const k = Math.min(3, host.shape[host.shape.length - 1]);
      for (const largest of [true, false]) {
        const [values, sorted] = s.run(() => {
          const x = uploadDense(backend, host);
          return [topk(x, k, -1, { largest }).values, sort(x, -1, { descending: largest })];
        });
        const all = await download(sorted);
        expectSame("topk beside sort", await download(values), sliceOf(all, all.shape.length - 1, 0, k));
      }
    }),
};

/** Positions that sort x along one axis; the variant is the way it goes */
export const argsortCase: ConformanceCase<"argsort", ArgsortCall> = {
  op: "argsort",
  dtypes: dtypeNames,
  variants: () => ["rising", "falling"],
  elementwise: true,
  calls: (kind) => draws.map((draw) => call(draw, kind)),
  examples: (kind) => {
    // The composition compares all pairs of a row: one long row, longer than a byte counts, is enough.
    const short = elementwiseExamples(1, 1).filter(({ shape }) => countOf(shape) <= 33);
    const long = { shape: [300], layouts: [{ kind: "stepped", seed: 3 } as const], seed: 2 };
    return [...short, ...(kind.dtype === "f32" ? [long] : [])].map((draw) => call(draw, kind));
  },
  specials: ({ dtype }) => {
    const values = [...specialValues(dtype), ...specialValues(dtype).toReversed()];
    const rows = isFloat(dtype) ? [values, [-0, 0, -0, 0], [NaN, 1, NaN, -Infinity, Infinity, NaN]] : [values];
    return rows.map((row) => ({ inputs: { x: given(dtype, [row.length], row) }, params: { axis: 0 } }));
  },
  run: (_, { x }, { axis }, { variant }) => argsort(x, axis, { descending: variant === "falling" }),
  compose: ({ x }, { axis }, { variant }) =>
    transpose(composeArgsort(transpose(x, axis, -1), variant === "falling"), axis, -1),
  oracle: ({ inputs: { x }, params }, { variant }) => {
    const axis = sortedAxis(x, params.axis);
    const length = x.shape[axis];
    const orderOf = perRow(axis, (index) => {
      const row = Array.from({ length }, (_, i) => at(x, ...index.with(axis, i)));
      const order = new Array<number>(length);
      for (let i = 0; i < length; i++)
        order[row.filter((_, j) => isBefore(row, j, i, variant === "falling")).length] = i;
      return order;
    });
    return expected("i32", x.shape, (index) => orderOf(index)[index[axis]]);
  },
  tolerance: () => ({ kind: "exact", reason: "positions" }),
  rows: ({ inputs: { x }, params }) => {
    const sorted = sortedAxis(x, params.axis);
    const axis = sorted === 0 ? 1 : 0;
    return Array.from({ length: x.shape[axis] ?? 0 }, (_, i) => ({
      title: `entry ${i} of axis ${axis}`,
      call: { inputs: { x: sliceOf(x, axis, i) }, params: { axis: sorted } },
      of: (result) => sliceOf(result, axis, i),
    }));
  },
  misuses: ({ make }) => [
    { title: "axis", run: () => argsort(make([2]), 1), error: ShapeError, mentions: ["argsort", "axis 1", "rank 1"] },
    { title: "sort's axis", run: () => sort(make([2]), -2), error: ShapeError, mentions: ["sort", "axis -2"] },
    {
      title: "more than there are",
      run: () => void topk(make([2, 3]), 4),
      error: ArgumentError,
      mentions: ["topk", "k is 4", "[2, 3]", "up to 3"],
    },
  ],
  properties: [ranksLeadBack, topIsFirst],
};
