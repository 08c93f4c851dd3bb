import fc from "fast-check";
import { given, usualFill } from "../../draws/argument.ts";
import { dtypeNames, type DType } from "../../../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { where } from "../../../ops/where.ts";
import { broadcastDraws, broadcastExamples, type BroadcastDraw } from "../../draws/broadcast.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { broadcastAt, broadcastShape, expected } from "../../tensor-values.ts";
import { specialValues } from "../../formulas/number-format.ts";

type Params = Record<never, never>;

const call = (draw: BroadcastDraw, turn: number, dtype: DType): Call<"where", Params> => {
  // The three inputs share the two drawn shapes in turn.
  const [first, second] = draw.shapes;
  const shapes = [first, second, first, second];
  const layoutOf = [draw.layouts[0], draw.layouts[1], { ...draw.layouts[0], seed: draw.layouts[0].seed + 1 }];
  return {
    inputs: {
      condition: {
        dtype: "bool",
        shape: shapes[turn % 2],
        layout: layoutOf[0],
        fill: { kind: "integers", low: 0, high: 1, seed: draw.seed },
      },
      a: { dtype, shape: shapes[(turn % 2) + 1], layout: layoutOf[1], fill: usualFill(dtype, draw.seed + 1) },
      b: { dtype, shape: shapes[(turn % 2) + 2], layout: layoutOf[2], fill: usualFill(dtype, draw.seed + 2) },
    },
    params: {},
  };
};

/** out = condition ? a : b */
export const whereCase: ConformanceCase<"where", Params> = {
  op: "where",
  dtypes: dtypeNames,
  variants: () => [""],
  elementwise: true,
  calls: ({ dtype }) => fc.tuple(broadcastDraws, fc.nat(1)).map(([draw, turn]) => call(draw, turn, dtype)),
  examples: ({ dtype }) => broadcastExamples.map((draw, i) => call(draw, i, dtype)),
  specials: ({ dtype }) => {
    const values = specialValues(dtype);
    const n = values.length;
    const condition = given("bool", [2, 1, 1], [1, 0]);
    return [{ inputs: { condition, a: given(dtype, [n, 1], values), b: given(dtype, [n], values) }, params: {} }];
  },
  run: (_, { condition, a, b }) => where(condition, a, b),
  oracle: ({ inputs: { condition, a, b } }, { dtype }) =>
    expected(dtype, broadcastShape(condition.shape, a.shape, b.shape), (index) =>
      broadcastAt(condition, index) === 1 ? broadcastAt(a, index) : broadcastAt(b, index),
    ),
  tolerance: () => ({ kind: "exact", reason: "nothing is computed" }),
  sprinkled: ["a", "b"],
  misuses: ({ make }) => [
    {
      title: "condition no bool",
      run: () => where(make([2]), make([2]), make([2])),
      error: DTypeError,
      mentions: ["where", "f32", "bool"],
    },
    {
      title: "dtypes",
      run: () => where(make([2], "bool"), make([2]), make([2], "i32")),
      error: DTypeError,
      mentions: ["where", "f32", "i32"],
    },
    {
      title: "shapes",
      run: () => where(make([2], "bool"), make([3]), make([4])),
      error: ShapeError,
      mentions: ["where", "[3]", "[4]"],
    },
  ],
};
