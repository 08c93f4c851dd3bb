import { given, smallIntegers, usualFill } from "../../draws/argument.ts";
import { dtypeNames, isFloat } from "../../../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import type { CompareOp } from "../../../contract/kernels.ts";
import { eq, le, lt } from "../../../ops/compare.ts";
import type { Tensor } from "../../../tensor.ts";
import { broadcastDraws, broadcastExamples, type BroadcastDraw } from "../../draws/broadcast.ts";
import type { Call, CallKind, ConformanceCase } from "../../case.ts";
import { broadcastAt, broadcastShape, expected } from "../../tensor-values.ts";
import { specialValues } from "../../formulas/number-format.ts";

type Params = Record<never, never>;

const run: { readonly [K in CompareOp]: (a: Tensor, b: Tensor) => Tensor } = { eq, lt, le };

/** In terms of `<` alone; NaN compares false with everything. */
const formulas: { readonly [K in CompareOp]: (a: number, b: number) => boolean } = {
  eq: (a, b) => !Number.isNaN(a) && !Number.isNaN(b) && !(a < b) && !(b < a),
  lt: (a, b) => a < b,
  le: (a, b) => !Number.isNaN(a) && !Number.isNaN(b) && !(b < a),
};

const call = ({ shapes: [a, b], layouts, seed }: BroadcastDraw, { dtype }: CallKind): Call<"compare", Params> => {
  // Few different numbers, so that equal pairs are common; half of the float draws are continuous.
  const fill = (at: number) => (seed % 2 === 0 || !isFloat(dtype) ? smallIntegers(dtype, at) : usualFill(dtype, at));
  return {
    inputs: {
      a: { dtype, shape: a, layout: layouts[0], fill: fill(seed) },
      b: { dtype, shape: b, layout: layouts[1], fill: fill(seed + 2) },
    },
    params: {},
  };
};

/** out = a ∘ b as bool; the variant is ∘ */
export const compareCase: ConformanceCase<"compare", Params> = {
  op: "compare",
  dtypes: dtypeNames,
  variants: () => Object.keys(run),
  elementwise: true,
  calls: (kind) => broadcastDraws.map((draw) => call(draw, kind)),
  examples: (kind) => broadcastExamples.map((draw) => call(draw, kind)),
  specials: ({ dtype }) => {
    const values = specialValues(dtype);
    const n = values.length;
    return [{ inputs: { a: given(dtype, [n, 1], values), b: given(dtype, [n], values) }, params: {} }];
  },
  run: (_, { a, b }, __, { variant }) => run[variant as CompareOp](a, b),
  oracle: ({ inputs: { a, b } }, { variant }) =>
    expected("bool", broadcastShape(a.shape, b.shape), (index) =>
      Number(formulas[variant as CompareOp](broadcastAt(a, index), broadcastAt(b, index))),
    ),
  tolerance: () => ({ kind: "exact", reason: "true or false" }),
  sprinkled: ["a", "b"],
  misuses: ({ make }) => [
    {
      title: "shapes",
      run: () => lt(make([2, 3]), make([3, 2])),
      error: ShapeError,
      mentions: ["lt", "[2, 3]", "[3, 2]"],
    },
    {
      title: "dtypes",
      run: () => eq(make([2], "i8"), make([2], "u8")),
      error: DTypeError,
      mentions: ["eq", "i8", "u8"],
    },
  ],
};
