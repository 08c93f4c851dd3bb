import fc from "fast-check";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { ArgumentError } from "../../../errors.ts";
import { arange } from "../../../ops/fill.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { expected } from "../../tensor-values.ts";
import { laneLengths, longLength } from "../../draws/shapes.ts";

interface ArangeCall {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

const call = (params: ArangeCall): Call<"arange", ArangeCall> => ({ inputs: {}, params });

/** Steps and starts in quarters for floats, so that every element is exact before the last rounding. */
const grain = (dtype: DType): number => (isFloat(dtype) ? 0.25 : 1);

/** out[i] = start + i·step */
export const arangeCase: ConformanceCase<"arange", ArangeCall> = {
  op: "arange",
  dtypes: dtypeNames.filter((dtype) => dtype !== "bool"),
  variants: () => [""],
  elementwise: true,
  calls: ({ dtype }) =>
    fc
      .record({ start: fc.integer({ min: -200, max: 200 }), step: fc.integer({ min: -9, max: 9 }), length: fc.nat(40) })
      .map(({ start, step, length }) =>
        call({ start: start * grain(dtype), step: (step || 1) * grain(dtype), length }),
      ),
  examples: () => [0, ...laneLengths, longLength].map((length) => call({ start: 3, step: 1, length })),
  run: (backend, _, { start, step, length }, { dtype }) => arange(backend, start, start + length * step, step, dtype),
  oracle: ({ params: { start, step, length } }, { dtype }) => expected(dtype, [length], ([i]) => start + i * step),
  tolerance: () => ({ kind: "exact", reason: "starts and steps are multiples of ¼" }),
  misuses: ({ backend }) => [
    { title: "step 0", run: () => arange(backend, 0, 5, 0), error: ArgumentError, mentions: ["arange", "step 0"] },
    { title: "NaN end", run: () => arange(backend, 0, NaN), error: ArgumentError, mentions: ["arange", "end NaN"] },
  ],
};
