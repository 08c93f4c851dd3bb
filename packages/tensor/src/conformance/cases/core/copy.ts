import { usualFill, given } from "../../draws/argument.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { dtypeNames } from "../../../dtypes/dtype.ts";
import { copy } from "../../../ops/copy.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { argumentOf, elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { specialValues } from "../../formulas/number-format.ts";

type Params = Record<never, never>;

const call = (draw: ElementwiseDraw, dtype: DType): Call<"copy", Params> => ({
  inputs: { x: argumentOf(draw, 0, dtype, (seed) => usualFill(dtype, seed)) },
  params: {},
});

/** out = x */
export const copyCase: ConformanceCase<"copy", Params> = {
  op: "copy",
  dtypes: dtypeNames,
  variants: () => [""],
  elementwise: true,
  calls: ({ dtype }) => elementwiseDraws(1).map((draw) => call(draw, dtype)),
  examples: ({ dtype }) => elementwiseExamples(1).map((draw) => call(draw, dtype)),
  specials: ({ dtype }) => {
    const values = specialValues(dtype);
    return [{ inputs: { x: given(dtype, [values.length], values) }, params: {} }];
  },
  run: (_, { x }) => copy(x),
  oracle: ({ inputs: { x } }) => ({ ...x, magnitude: x.data }),
  tolerance: () => ({ kind: "exact", reason: "nothing is computed" }),
  sprinkled: ["x"],
};
