import { given, usualFill } from "../../draws/argument.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { composeInt8Scales, quantizeInt8 } from "../../../ops/fused/int8-rows.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { argumentOf, elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { at, expected, sliceOf } from "../../tensor-values.ts";

type Params = Record<never, never>;

/** A row of nothing has no largest element. */
const call = (draw: ElementwiseDraw): Call<"int8Scales", Params> => {
  const shape = draw.shape.map((n, axis) => (axis === draw.shape.length - 1 ? Math.max(n, 1) : n));
  return { inputs: { x: argumentOf({ ...draw, shape }, 0, "f32", (seed) => usualFill("f32", seed)) }, params: {} };
};

/** out = max |x| / 127 over the last axis */
export const int8ScalesCase: ConformanceCase<"int8Scales", Params> = {
  op: "int8Scales",
  dtypes: ["f32"],
  variants: () => [""],
  elementwise: false,
  calls: () => elementwiseDraws(1, 1).map(call),
  examples: () => elementwiseExamples(1, 1).map(call),
  specials: () =>
    [
      [1, NaN, 2, -3, 4],
      [-Infinity, 1, 2, 3, 4],
      [0, -0, 0, 0, 0],
      [1, -127, 3, 4, 5],
      [1, 2, 3, 4, -254],
    ].map((row) => ({ inputs: { x: given("f32", [1, 5], row) }, params: {} })),
  run: (_, { x }) => {
    const { levels, scales } = quantizeInt8(x);
    levels.dispose();
    return scales;
  },
  compose: ({ x }) => composeInt8Scales(x),
  oracle: ({ inputs: { x } }) =>
    expected("f32", x.shape.slice(0, -1), (index) => {
      const row = Array.from({ length: x.shape[x.shape.length - 1] }, (_, d) => Math.abs(at(x, ...index, d)));
      return Math.max(...row) / 127;
    }),
  tolerance: () => ({ kind: "ulp", n: 1, reason: "one division, which graphics cards round loosely" }),
  sprinkled: ["x"],
  rows: ({ inputs: { x }, params }) =>
    x.shape.length < 2
      ? []
      : Array.from({ length: x.shape[0] }, (_, i) => ({
          title: `entry ${i} of axis 0`,
          call: { inputs: { x: sliceOf(x, 0, i) }, params },
          of: (result) => sliceOf(result, 0, i),
        })),
  misuses: ({ make }) => [
    {
      title: "bf16",
      run: () => quantizeInt8(make([2, 3], "bf16")).levels,
      error: DTypeError,
      mentions: ["quantizeInt8", "bf16"],
    },
    { title: "rank 0", run: () => quantizeInt8(make([])).levels, error: ShapeError, mentions: ["quantizeInt8", "[]"] },
    {
      title: "no row",
      run: () => quantizeInt8(make([2, 0])).levels,
      error: ShapeError,
      mentions: ["quantizeInt8", "[2, 0]"],
    },
  ],
};
