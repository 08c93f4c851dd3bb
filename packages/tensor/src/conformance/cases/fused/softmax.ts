import { given, drawnValues, usualFill } from "../../draws/argument.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { add } from "../../../ops/binary.ts";
import { composeSoftmax, softmax } from "../../../ops/fused/softmax.ts";
import { sum } from "../../../ops/reduce.ts";
import { transpose } from "../../../ops/view.ts";
import type { Call, ConformanceCase, Property } from "../../case.ts";
import { doubled, expectWithin, type Tolerance } from "../../compare.ts";
import { argumentOf, elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { along, asExpected, at, expected, perRow, sliceOf, type TensorValues } from "../../tensor-values.ts";
import { download, uploadDense } from "../../draws/memory-layout.ts";
import { session } from "../../session.ts";

interface SoftmaxCall {
  readonly axis: number;
}

const call = (draw: ElementwiseDraw, dtype: DType): Call<"softmax", SoftmaxCall> => ({
  inputs: { x: argumentOf(draw, 0, dtype, (seed) => usualFill(dtype, seed, 1 + (seed % 4) * 4)) },
  // The last axis in three of four draws.
  params: { axis: draw.seed % 4 === 0 ? draw.seed % draw.shape.length : -1 },
});

const softmaxAxis = (x: TensorValues, { axis }: SoftmaxCall): number => (axis < 0 ? axis + x.shape.length : axis);

const tolerance = (terms: number): Tolerance => ({
  kind: "relative",
  factor: 4,
  terms,
  intermediate: "f32",
  reason: "x − max is rounded before the exponential, the powers are summed in f32",
});

const draws = elementwiseDraws(1, 1);
const toCall = (draw: ElementwiseDraw): Call<"softmax", SoftmaxCall> =>
  call({ ...draw, seed: 4 * draw.seed + 1 }, "f32");

const sumsToOne: Property<ElementwiseDraw> = {
  title: "every row sums to 1",
  draws,
  holds: (backend, draw, slack) =>
    session(async (s) => {
      const x = drawnValues(toCall(draw).inputs.x);
      const total = await download(s.run(() => sum(softmax(uploadDense(backend, x)), -1)));
      const terms = along(x.shape, -1);
      const want = expected("f32", total.shape, () => (terms === 0 ? [0, 0] : [1, 1]));
      expectWithin("Σ softmax(x)", total, want, tolerance(terms), slack);
    }),
};

const shiftInvariant: Property<ElementwiseDraw> = {
  title: "softmax(x + c) = softmax(x)",
  draws,
  holds: (backend, draw, slack) =>
    session(async (s) => {
      // Eighths stay exact when a whole number is added.
      const { x } = toCall(draw).inputs;
      const eighths = drawnValues({ ...x, fill: { kind: "integers", low: -40, high: 40, seed: draw.seed } });
      const values = { ...eighths, data: eighths.data.map((value) => value / 8) };
      const [plain, shifted] = s.run(() => {
        const t = uploadDense(backend, values);
        return [softmax(t), softmax(add(t, (draw.seed % 200) - 100))] as const;
      });
      const want = await download(plain);
      expectWithin(
        "softmax(x + c) beside softmax(x)",
        await download(shifted),
        asExpected(want),
        tolerance(1),
        doubled(slack),
      );
    }),
};

/** out = e^(x − max) / Σ e^(x − max) along one axis */
export const softmaxCase: ConformanceCase<"softmax", SoftmaxCall> = {
  op: "softmax",
  dtypes: ["f32", "f16", "bf16"],
  variants: () => [""],
  elementwise: false,
  calls: ({ dtype }) => draws.map((draw) => call(draw, dtype)),
  examples: ({ dtype }) => elementwiseExamples(1, 1).map((draw) => call({ ...draw, seed: draw.seed * 4 + 1 }, dtype)),
  specials: ({ dtype }) =>
    [
      [1, -Infinity, 2],
      [-Infinity, -Infinity, -Infinity],
      [1, NaN, 2],
      [Infinity, 1, 2],
      [60000, 60000, -60000],
      [-0, 0, 2 ** -130],
      [7, 7, 7],
    ].map((row) => ({ inputs: { x: given(dtype, [3], row) }, params: { axis: 0 } })),
  run: (_, { x }, { axis }) => softmax(x, axis),
  compose: ({ x }, { axis }) =>
    x.size === 0 ? softmax(x, axis) : transpose(composeSoftmax(transpose(x, axis, -1)), axis, -1),
  oracle: ({ inputs: { x }, params }, { dtype }) => {
    const reduced = softmaxAxis(x, params);
    const sums = perRow(reduced, (index) => {
      const row = Array.from({ length: x.shape[reduced] }, (_, i) => at(x, ...index.with(reduced, i)));
      const top = Math.max(...row);
      return { top, total: row.reduce((total, other) => total + Math.exp(other - top), 0) };
    });
    return expected(dtype, x.shape, (index, flat) => {
      const { top, total } = sums(index);
      const gap = x.data[flat] - top;
      const value = Math.exp(gap) / total;
      return [value, value === 0 ? 0 : value * (1 + Math.abs(gap))];
    });
  },
  tolerance: (_, { inputs: { x }, params: { axis } }) => tolerance(along(x.shape, axis)),
  sprinkled: ["x"],
  rows: ({ inputs: { x }, params }) => {
    const reduced = softmaxAxis(x, params);
    const axis = reduced === 0 ? 1 : 0;
    return Array.from({ length: x.shape[axis] ?? 0 }, (_, i) => ({
      title: `entry ${i} of axis ${axis}`,
      call: { inputs: { x: sliceOf(x, axis, i) }, params: { axis: reduced } },
      of: (result) => sliceOf(result, axis, i),
    }));
  },
  misuses: ({ make }) => [
    {
      title: "axis",
      run: () => softmax(make([2, 3]), 2),
      error: ShapeError,
      mentions: ["softmax", "axis 2", "rank 2"],
    },
    { title: "rank 0", run: () => softmax(make([])), error: ShapeError, mentions: ["softmax", "rank 0"] },
    { title: "ints", run: () => softmax(make([2], "i32")), error: DTypeError, mentions: ["softmax", "i32"] },
  ],
  properties: [sumsToOne, shiftInvariant],
};
