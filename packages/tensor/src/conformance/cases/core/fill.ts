import fc from "fast-check";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { ShapeError } from "../../../errors.ts";
import { full } from "../../../ops/fill.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { expected } from "../../tensor-values.ts";
import { specialValues } from "../../formulas/number-format.ts";
import { edgeShapes, shapes } from "../../draws/shapes.ts";

interface FillCall {
  readonly shape: readonly number[];
  readonly value: number;
}

const call = (shape: readonly number[], value: number): Call<"fill", FillCall> => ({
  inputs: {},
  params: { shape, value },
});

/** Numbers to fill with: any for floats, whole ones (also beyond the range) for the rest. */
const values = (dtype: DType): fc.Arbitrary<number> =>
  isFloat(dtype) ? fc.double({ min: -100, max: 100, noNaN: true }) : fc.integer({ min: -300, max: 300 });

/** out[…] = value */
export const fillCase: ConformanceCase<"fill", FillCall> = {
  op: "fill",
  dtypes: dtypeNames,
  variants: () => [""],
  elementwise: true,
  calls: ({ dtype }) => fc.tuple(shapes(0, 4), values(dtype)).map(([shape, value]) => call(shape, value)),
  examples: () => edgeShapes.map((shape) => call(shape, 3)),
  specials: ({ dtype }) => specialValues(dtype).map((value) => call([5], value)),
  run: (backend, _, { shape, value }, { dtype }) => full(backend, shape, value, dtype),
  oracle: ({ params: { shape, value } }, { dtype }) => expected(dtype, shape, () => value),
  tolerance: () => ({ kind: "exact", reason: "the value, rounded or wrapped into the dtype" }),
  misuses: ({ backend }) => [
    {
      title: "negative length",
      run: () => full(backend, [2, -1], 0),
      error: ShapeError,
      mentions: ["full", "[2, -1]"],
    },
    { title: "fractional length", run: () => full(backend, [1.5], 0), error: ShapeError, mentions: ["full", "[1.5]"] },
  ],
};
