import fc from "fast-check";
import { usualFill } from "../../draws/argument.ts";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import { gather } from "../../../ops/gather.ts";
import { tensor } from "../../../tensor.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { at, expected, sliceOf } from "../../tensor-values.ts";
import type { LayoutDraw } from "../../draws/memory-layout.ts";
import { laneLength, laneLengths, layouts, longLength, seeds, shapes } from "../../draws/shapes.ts";

type Params = Record<never, never>;

interface GatherDraw {
  readonly rows: number;
  readonly rest: readonly number[];
  readonly indexShape: readonly number[];
  readonly layouts: readonly [LayoutDraw, LayoutDraw];
  readonly seed: number;
}

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };

const call = (
  { rows, rest, indexShape, layouts: [table, indices], seed }: GatherDraw,
  dtype: DType,
): Call<"gather", Params> => ({
  inputs: {
    table: { dtype, shape: [rows, ...rest], layout: table, fill: usualFill(dtype, seed) },
    indices: {
      dtype: "i32",
      shape: indexShape,
      layout: indices,
      fill: { kind: "integers", low: 0, high: rows - 1, seed },
    },
  },
  params: {},
});

const draws: fc.Arbitrary<GatherDraw> = fc.record({
  rows: laneLength,
  rest: shapes(0, 2),
  indexShape: shapes(0, 2).map((shape) => shape.map((n) => Math.min(n, 9))),
  layouts: fc.tuple(layouts, layouts),
  seed: seeds,
});

/** out […indices, …rest] = table[indices]; the variant is the dtype of the result */
export const gatherCase: ConformanceCase<"gather", Params> = {
  op: "gather",
  dtypes: dtypeNames,
  variants: (dtype) => (isFloat(dtype) ? ["f32", "f16", "bf16"] : [dtype]),
  elementwise: true,
  calls: ({ dtype }) => draws.map((draw) => call(draw, dtype)),
  examples: ({ dtype }) => [
    ...laneLengths.map((n, seed) =>
      call({ rows: 5, rest: [n], indexShape: [3], layouts: [contiguous, contiguous], seed }, dtype),
    ),
    call(
      { rows: 4, rest: [longLength], indexShape: [2], layouts: [{ kind: "stepped", seed: 3 }, contiguous], seed: 4 },
      dtype,
    ),
    // Found by the suite: an empty index tensor with a repeated axis.
    call(
      { rows: 3, rest: [], indexShape: [0, 9], layouts: [contiguous, { kind: "repeated", seed: 1 }], seed: 5 },
      dtype,
    ),
    call({ rows: 300, rest: [7], indexShape: [2, 3], layouts: [contiguous, contiguous], seed: 1 }, dtype),
    call({ rows: 4, rest: [], indexShape: [], layouts: [contiguous, contiguous], seed: 2 }, dtype),
    call({ rows: 4, rest: [3], indexShape: [0], layouts: [contiguous, contiguous], seed: 3 }, dtype),
  ],
  run: (_, { table, indices }, __, { variant }) => gather(table, indices, { dtype: variant as DType }),
  oracle: ({ inputs: { table, indices } }, { variant }) => {
    const rank = indices.shape.length;
    return expected(variant as DType, [...indices.shape, ...table.shape.slice(1)], (index) =>
      at(table, at(indices, ...index.slice(0, rank)), ...index.slice(rank)),
    );
  },
  tolerance: () => ({ kind: "exact", reason: "rows are copied, or rounded once into the result's dtype" }),
  sprinkled: ["table"],
  rows: ({ inputs: { table, indices } }) =>
    Array.from({ length: indices.shape[0] ?? 0 }, (_, i) => ({
      title: `entry ${i} of indices`,
      call: { inputs: { table, indices: sliceOf(indices, 0, i) }, params: {} },
      of: (result) => sliceOf(result, 0, i),
    })),
  misuses: ({ backend, make }) => [
    {
      title: "index past the end",
      run: () => gather(make([3, 2]), tensor(backend, [0, 3], { dtype: "i32" })),
      error: ArgumentError,
      mentions: ["gather", "index 3", "3)"],
    },
    {
      title: "negative index",
      run: () => gather(make([3, 2]), tensor(backend, [-1], { dtype: "i32" })),
      error: ArgumentError,
      mentions: ["gather", "index -1"],
    },
    {
      title: "index dtype",
      run: () => gather(make([3, 2]), make([1])),
      error: DTypeError,
      mentions: ["gather", "f32", "i32"],
    },
    {
      title: "rank 0",
      run: () => gather(make([]), make([1], "i32")),
      error: ShapeError,
      mentions: ["gather", "rank 0"],
    },
    {
      title: "result dtype",
      run: () => gather(make([3, 2], "i32"), make([1], "i32"), { dtype: "f32" }),
      error: DTypeError,
      mentions: ["gather", "i32", "f32"],
    },
  ],
};
