import fc from "fast-check";
import { given, drawnValues, usualFill, type Argument } from "../../draws/argument.ts";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { Rng } from "../../../rng.ts";
import { composeScatterRows, scatterRows } from "../../../ops/fused/scatter-rows.ts";
import { permute } from "../../../ops/view.ts";
import { scope } from "../../../scope.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, CallKind, ConformanceCase } from "../../case.ts";
import { at, expected } from "../../tensor-values.ts";
import { repeatedAxes, uploadDense, type LayoutDraw } from "../../draws/memory-layout.ts";
import { laneLength, laneLengths, layouts, seeds } from "../../draws/shapes.ts";

interface ScatterRowsCall {
  /** The storage that is written into, by axis of the pool; `turned`: the pool is a view with its axes reversed. */
  readonly pool: Argument;
  readonly turned: boolean;
}

interface Draw {
  readonly pages: number;
  readonly K: number;
  readonly P: number;
  /** Null: one number per row. */
  readonly D: number | null;
  readonly N: number;
  readonly turned: boolean;
  readonly layouts: readonly [LayoutDraw, LayoutDraw];
  readonly seed: number;
}

/** N different slots in no order, among them −1 and numbers behind the pool. */
function slotsOf({ pages, P, N, seed }: Draw): number[] {
  const rng = new Rng(seed);
  const free = Array.from({ length: pages * P }, (_, slot) => slot);
  const outside = [-1, -(2 ** 31), 2 ** 31 - 1, pages * P];
  return Array.from({ length: N }, (_, n) =>
    free.length === 0 || (n + seed) % 5 === 0
      ? (outside[(n + seed) % outside.length] ?? -1)
      : (free.splice(Math.floor(rng.uniform() * free.length), 1)[0] ?? -1),
  );
}

const call = (draw: Draw, { dtype, variant }: CallKind): Call<"scatterRows", ScatterRowsCall> => {
  const { pages, K, P, D, N, turned, layouts: drawn, seed } = draw;
  const rest = D === null ? [] : [D];
  const shape = [pages, K, P, ...rest];
  return {
    inputs: {
      rows: { dtype, shape: [N, K, ...rest], layout: drawn[0], fill: usualFill(dtype, seed) },
      slots: { ...given("i32", [N], N > 0 ? slotsOf(draw) : [0]), layout: apart(N, drawn[1]) },
    },
    params: {
      pool: {
        dtype: variant as DType,
        shape: turned ? shape.toReversed() : shape,
        layout: { kind: "contiguous", seed: 0 },
        fill: usualFill(variant as DType, seed + 1),
      },
      turned,
    },
  };
};

/** Slots are distinct: no layout that repeats one. */
const apart = (N: number, layout: LayoutDraw): LayoutDraw =>
  repeatedAxes([N], layout).length > 0 ? { kind: "stepped", seed: layout.seed } : layout;

const draws: fc.Arbitrary<Draw> = fc.record({
  pages: fc.integer({ min: 1, max: 4 }),
  K: fc.integer({ min: 1, max: 3 }),
  P: fc.constantFrom(1, 2, 3, 4, 8),
  D: fc.option(laneLength, { freq: 4 }),
  N: fc.nat({ max: 9 }),
  turned: fc.boolean(),
  layouts: fc.tuple(layouts, layouts),
  seed: seeds,
});

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };
const example = (draw: Partial<Draw>): Draw => ({
  ...{ pages: 3, K: 2, P: 4, D: 5, N: 6, turned: false, layouts: [contiguous, contiguous], seed: 6 },
  ...draw,
});

/** The dtype of the rows is the op's; the variant is that of the pool. */
const run = (
  { rows, slots }: { readonly rows: Tensor; readonly slots: Tensor },
  { pool, turned }: ScatterRowsCall,
  write: (pool: Tensor, rows: Tensor, slots: Tensor) => void,
): Tensor => {
  const result = uploadDense(rows.backend, drawnValues(pool));
  const axes = pool.shape.map((_, axis) => (turned ? pool.shape.length - 1 - axis : axis));
  scope(() => write(permute(result, axes), rows, slots));
  return result;
};

/** pool[slots[n] div P, k, slots[n] mod P] = rows[n, k], the rest of the pool unchanged; the whole pool is the result */
export const scatterRowsCase: ConformanceCase<"scatterRows", ScatterRowsCall> = {
  op: "scatterRows",
  dtypes: dtypeNames,
  variants: (dtype) => (isFloat(dtype) ? ["f32", "f16", "bf16"] : [dtype]),
  elementwise: true,
  calls: (kind) => draws.map((draw) => call(draw, kind)),
  examples: (kind) =>
    [
      ...laneLengths.map((D, seed) => example({ D, seed })),
      example({ D: null }),
      example({ D: null, turned: true, seed: 3 }),
      example({ turned: true, seed: 2 }),
      example({ N: 1, seed: 1 }),
      example({ N: 0 }),
      example({ pages: 2, P: 1, K: 1, D: 130, N: 2, seed: 4 }),
    ].map((draw) => call(draw, kind)),
  specials: ({ dtype, variant }) =>
    dtype === "f32"
      ? [
          {
            inputs: {
              rows: given(
                "f32",
                [2, 1, 11],
                // Ties of both 16-bit floats, their largest numbers, subnormals and what becomes 0 or ∞.
                [
                  1.00048828125,
                  1.00146484375,
                  1.00390625,
                  65503,
                  65519,
                  65520,
                  2 ** -24,
                  2 ** -25,
                  3 * 2 ** -26,
                  6e-8,
                  -0,
                ].concat([NaN, Infinity, -Infinity, 1e-40, -(2 ** -14), 6.1e-5, 3.4e38, -3.4e38, 1.01171875, 0, -1e-8]),
              ),
              slots: given("i32", [2], [3, 0]),
            },
            params: { pool: given(variant as DType, [2, 1, 2, 11], [1, 2, 3]), turned: false },
          },
        ]
      : [],
  run: (_, inputs, params) => run(inputs, params, scatterRows),
  compose: (inputs, params) => run(inputs, params, composeScatterRows),
  oracle: ({ inputs: { rows, slots }, params: { pool, turned } }, { variant }) => {
    const values = drawnValues(pool);
    return expected(variant as DType, pool.shape, (stored, flat) => {
      const [page, k, place, ...inner] = turned ? stored.toReversed() : stored;
      const P = turned ? pool.shape[pool.shape.length - 3] : pool.shape[2];
      const n = slots.data.indexOf(page * P + place);
      return n < 0 ? values.data[flat] : at(rows, n, k, ...inner);
    });
  },
  tolerance: () => ({ kind: "exact", reason: "rows are copied, or rounded once into the pool's dtype" }),
  sprinkled: ["rows"],
  misuses: ({ make }) => [
    {
      title: "dtype of slots",
      run: () => scatterRows(make([2, 3, 4, 5]), make([1, 3, 5]), make([1])),
      error: DTypeError,
      mentions: ["scatterRows", "f32", "i32"],
    },
    {
      title: "rank of the pool",
      run: () => scatterRows(make([2, 3]), make([1, 3]), make([1], "i32")),
      error: ShapeError,
      mentions: ["scatterRows", "[2, 3]"],
    },
    {
      title: "heads",
      run: () => scatterRows(make([2, 3, 4, 5]), make([1, 2, 5]), make([1], "i32")),
      error: ShapeError,
      mentions: ["scatterRows", "rows", "[1, 2, 5]"],
    },
    {
      title: "number of slots",
      run: () => scatterRows(make([2, 3, 4, 5]), make([2, 3, 5]), make([1], "i32")),
      error: ShapeError,
      mentions: ["scatterRows", "slots", "[1]", "[2]"],
    },
  ],
};
