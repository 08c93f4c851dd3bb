import fc from "fast-check";
import { usualFill } from "../../draws/argument.ts";
import { dtypeNames, type DType } from "../../../dtypes/dtype.ts";
import { composeTakeFromRows, takeFromRows } from "../../../ops/fused/take-from-rows.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { at, expected, sliceOf } from "../../tensor-values.ts";
import type { LayoutDraw } from "../../draws/memory-layout.ts";
import { laneLength, laneLengths, layouts, longLength, seeds, shortLength } from "../../draws/shapes.ts";

type Params = Record<never, never>;

interface Draw {
  readonly M: number;
  readonly R: number;
  readonly S: number;
  readonly layouts: readonly [LayoutDraw, LayoutDraw];
  readonly seed: number;
}

const call = ({ M, R, S, layouts: [x, indices], seed }: Draw, dtype: DType): Call<"takeFromRows", Params> => ({
  inputs: {
    x: { dtype, shape: [M, R], layout: x, fill: usualFill(dtype, seed) },
    indices: { dtype: "i32", shape: [M, S], layout: indices, fill: { kind: "integers", low: 0, high: R - 1, seed } },
  },
  params: {},
});

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };
const plain = { layouts: [contiguous, contiguous] } as const;

/** out[m, s] = x[m, indices[m, s]] */
export const takeFromRowsCase: ConformanceCase<"takeFromRows", Params> = {
  op: "takeFromRows",
  dtypes: dtypeNames,
  variants: () => [""],
  elementwise: true,
  calls: ({ dtype }) =>
    fc
      .record({ M: shortLength, R: laneLength, S: shortLength, layouts: fc.tuple(layouts, layouts), seed: seeds })
      .map((draw) => call(draw, dtype)),
  examples: ({ dtype }) => [
    ...laneLengths.map((R, seed) => call({ M: 3, R, S: 5, seed, ...plain }, dtype)),
    call({ M: 2, R: longLength, S: 40, seed: 3, ...plain }, dtype),
    call({ M: 2, R: 3, S: longLength, seed: 4, ...plain }, dtype),
    call({ M: 0, R: 3, S: 2, seed: 5, ...plain }, dtype),
  ],
  run: (_, { x, indices }) => takeFromRows(x, indices),
  compose: ({ x, indices }) => composeTakeFromRows(x, indices),
  oracle: ({ inputs: { x, indices } }, { dtype }) =>
    expected(dtype, indices.shape, ([m, s]) => at(x, m, at(indices, m, s))),
  tolerance: () => ({ kind: "exact", reason: "elements are copied" }),
  sprinkled: ["x"],
  rows: ({ inputs: { x, indices } }) =>
    Array.from({ length: x.shape[0] }, (_, m) => ({
      title: `row ${m}`,
      call: { inputs: { x: sliceOf(x, 0, m), indices: sliceOf(indices, 0, m) }, params: {} },
      of: (result) => sliceOf(result, 0, m),
    })),
};
