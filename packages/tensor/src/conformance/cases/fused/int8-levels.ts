import type { Fill } from "../../draws/argument.ts";
import { given } from "../../draws/argument.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { composeInt8Levels, dequantizeInt8, int8Levels } from "../../../ops/fused/int8-rows.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { at, expected, sliceOf } from "../../tensor-values.ts";

type Params = Record<never, never>;

/** Powers of two: the quotient is exact on every device, so that a level is never a matter of its rounding. */
const scales: Fill = { kind: "values", values: [0.25, 2, 1, 0.0078125, 0.5] };

/** Eighths: among them halves, which go to the even level. */
const eighths = (seed: number): Fill => ({ kind: "integers", low: -800, high: 800, seed });

const call = ({ shape: drawn, layouts: [layout], seed }: ElementwiseDraw): Call<"int8Levels", Params> => {
  const shape = drawn.map((n, axis) => (axis === drawn.length - 1 ? Math.max(n, 1) : n));
  const plain = { kind: "contiguous", seed: 0 } as const;
  return {
    inputs: {
      x: { dtype: "f32", shape, layout, fill: eighths(seed) },
      scales: { dtype: "f32", shape: shape.slice(0, -1), layout: seed % 2 === 0 ? plain : layout, fill: scales },
    },
    params: {},
  };
};

/** To the nearest whole number, halves to even. */
const nearest = (x: number): number => {
  const low = Math.floor(x);
  const above = x - low;
  return above < 0.5 || (above === 0.5 && low % 2 === 0) ? low : low + 1;
};

const levelOf = (x: number, scale: number): number => {
  const quotient = Math.fround(x / scale);
  return Number.isNaN(quotient) ? 0 : Math.max(-128, Math.min(127, nearest(quotient)));
};

/** out = x / scale, to the nearest of −128 … 127 */
export const int8LevelsCase: ConformanceCase<"int8Levels", Params> = {
  op: "int8Levels",
  dtypes: ["f32"],
  variants: () => [""],
  elementwise: true,
  calls: () => elementwiseDraws(1, 1).map(call),
  examples: () => elementwiseExamples(1, 1).map(call),
  specials: () => [
    {
      inputs: {
        x: given(
          "f32",
          [3, 6],
          [0.5, 1.5, 2.5, -0.5, -1.5, 127.5, NaN, Infinity, -Infinity, 1e30, -1e30, 0, 0, 1, -1, 0, 0, 0],
        ),
        scales: given("f32", [3], [1, 1, 0]),
      },
      params: {},
    },
    {
      inputs: { x: given("f32", [2, 2], [1, Infinity, 2, 3]), scales: given("f32", [2], [Infinity, NaN]) },
      params: {},
    },
  ],
  run: (_, { x, scales: own }) => int8Levels(x, own),
  compose: ({ x, scales: own }) => composeInt8Levels(x, own),
  oracle: ({ inputs: { x, scales: own } }) =>
    expected("i8", x.shape, (index) => levelOf(at(x, ...index), at(own, ...index.slice(0, -1)))),
  tolerance: () => ({ kind: "exact", reason: "a level" }),
  sprinkled: ["x"],
  rows: ({ inputs: { x, scales: own }, params }) =>
    x.shape.length < 2
      ? []
      : Array.from({ length: x.shape[0] }, (_, i) => ({
          title: `entry ${i} of axis 0`,
          call: { inputs: { x: sliceOf(x, 0, i), scales: sliceOf(own, 0, i) }, params },
          of: (result) => sliceOf(result, 0, i),
        })),
  misuses: ({ make }) => [
    {
      title: "floats",
      run: () => dequantizeInt8({ levels: make([2, 3]), scales: make([2]) }),
      error: DTypeError,
      mentions: ["dequantizeInt8", "f32", "i8"],
    },
    {
      title: "scales of other rows",
      run: () => dequantizeInt8({ levels: make([2, 3], "i8"), scales: make([3]) }),
      error: ShapeError,
      mentions: ["dequantizeInt8", "scales", "[3]", "[2]"],
    },
  ],
};
