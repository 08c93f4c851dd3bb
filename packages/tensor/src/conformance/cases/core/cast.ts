import { given, usualFill } from "../../draws/argument.ts";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { cast } from "../../../ops/cast.ts";
import type { Call, CallKind, ConformanceCase } from "../../case.ts";
import { argumentOf, elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { expected } from "../../tensor-values.ts";
import { integerRange, specialValues } from "../../formulas/number-format.ts";

type Params = Record<never, never>;

const call = (draw: ElementwiseDraw, { dtype }: CallKind): Call<"cast", Params> => ({
  // Floats from well inside to well outside the range of i8 and u8.
  inputs: { x: argumentOf(draw, 0, dtype, (seed) => usualFill(dtype, seed, 10 ** (seed % 4))) },
  params: {},
});

/** Halves between neighbouring numbers of f16 and bf16, ends of integer ranges, fractions of both signs. */
const turningPoints = (dtype: DType): readonly number[] => {
  if (!isFloat(dtype)) return specialValues(dtype);
  const fractions = [
    0.4, 0.5, 0.6, 1.5, 2.5, 127.5, 128, 255.5, 256, 65504, 65519, 65520, 2147483520, 2147483648, 4294967296,
  ];
  const ties = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 2 ** -25, 3 * 2 ** -25, 2 ** -134];
  return [...specialValues(dtype), ...[...fractions, ...ties].flatMap((x) => [x, -x])];
};

/** The cast of one number, up to the rounding into a float or the wrapping into an integer. */
const castValue = (from: DType, to: DType, x: number): number => {
  if (to === "bool") return Number(x !== 0);
  const range = integerRange[to];
  if (!isFloat(from) || !range) return x;
  return Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, range[0]), range[1])) + 0;
};

/** out = x in another dtype; the variant is the target */
export const castCase: ConformanceCase<"cast", Params> = {
  op: "cast",
  dtypes: dtypeNames,
  variants: () => dtypeNames,
  elementwise: true,
  calls: (kind) => elementwiseDraws(1).map((draw) => call(draw, kind)),
  examples: (kind) => elementwiseExamples(1).map((draw) => call(draw, kind)),
  specials: ({ dtype }) => {
    const values = turningPoints(dtype);
    return [{ inputs: { x: given(dtype, [values.length], values) }, params: {} }];
  },
  run: (_, { x }, __, { variant }) => cast(x, variant as DType),
  oracle: ({ inputs: { x } }, { dtype, variant }) => {
    const to = variant as DType;
    return expected(to, x.shape, (_, flat) => castValue(dtype, to, x.data[flat]));
  },
  tolerance: () => ({ kind: "exact", reason: "one rounding, saturation or wrap" }),
  sprinkled: ["x"],
};
