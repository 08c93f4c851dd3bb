import fc from "fast-check";
import { given, smallIntegers, usualFill, type Fill } from "../../draws/argument.ts";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { composeTopk, topk } from "../../../ops/fused/topk.ts";
import { scope } from "../../../scope.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { at, expected, perRow, sliceOf } from "../../tensor-values.ts";
import type { LayoutDraw } from "../../draws/memory-layout.ts";
import { specialValues } from "../../formulas/number-format.ts";
import { laneLength, laneLengths, layouts, longLength, seeds } from "../../draws/shapes.ts";
import { isBefore } from "./argsort.ts";

interface Params {
  readonly k: number;
}

interface Draw {
  readonly M: number;
  readonly V: number;
  readonly layout: LayoutDraw;
  readonly seed: number;
}

/** Ties in two of three draws: whole numbers, and special values over and over. */
const fillOf = (dtype: DType, seed: number): Fill =>
  [usualFill(dtype, seed), smallIntegers(dtype, seed), { kind: "values", values: specialValues(dtype) } satisfies Fill][
    seed % 3
  ];

const call = ({ M, V, layout, seed }: Draw, dtype: DType): Call<"topk", Params> => ({
  inputs: { x: { dtype, shape: [M, V], layout, fill: fillOf(dtype, seed) } },
  params: { k: 1 + ((seed >> 2) % V) },
});

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };

/** out[m] = positions of the k largest of x[m] */
export const topkCase: ConformanceCase<"topk", Params> = {
  op: "topk",
  dtypes: dtypeNames,
  variants: () => [""],
  elementwise: true,
  calls: ({ dtype }) =>
    fc.record({ M: fc.nat({ max: 4 }), V: laneLength, layout: layouts, seed: seeds }).map((draw) => call(draw, dtype)),
  examples: ({ dtype }) => [
    ...laneLengths.map((V, seed) => call({ M: 3, V, layout: contiguous, seed: 7 * seed }, dtype)),
    // The composition compares all pairs of a long row on backends without argsort.
    ...(dtype === "f32"
      ? [0, 1, 2].map((seed) => call({ M: 2, V: 300, layout: contiguous, seed: 40 + seed }, dtype))
      : []),
    ...(dtype === "f32"
      ? [{ inputs: call({ M: 2, V: longLength, layout: contiguous, seed: 6 }, dtype).inputs, params: { k: 50 } }]
      : []),
  ],
  specials: ({ dtype }) => {
    const values = [...specialValues(dtype), ...specialValues(dtype).toReversed()];
    const rows = isFloat(dtype)
      ? [values, [-0, 0, -0, 0, 0, -0], [NaN, 1, NaN, -Infinity, Infinity, NaN], [-Infinity, 2, 3, NaN, 1, NaN]]
      : [values];
    return rows.flatMap((row) =>
      [1, 2, 3, row.length].map((k) => ({ inputs: { x: given(dtype, [1, row.length], row) }, params: { k } })),
    );
  },
  run: (_, { x }, { k }) => scope(() => topk(x, k).indices),
  compose: ({ x }, { k }) => composeTopk(x, k),
  oracle: ({ inputs: { x }, params: { k } }) => {
    const [M, V] = x.shape;
    const placesOf = perRow(1, ([m]) => {
      const row = Array.from({ length: V }, (_, v) => at(x, m, v));
      return row
        .map((_, v) => v)
        .sort((a, b) => (a === b ? 0 : isBefore(row, a, b, true) ? -1 : 1))
        .slice(0, k);
    });
    return expected("i32", [M, k], (index) => placesOf(index)[index[1]]);
  },
  tolerance: () => ({ kind: "exact", reason: "positions" }),
  rows: ({ inputs: { x }, params }) =>
    Array.from({ length: x.shape[0] }, (_, m) => ({
      title: `row ${m}`,
      call: { inputs: { x: sliceOf(x, 0, m) }, params },
      of: (result) => sliceOf(result, 0, m),
    })),
};
