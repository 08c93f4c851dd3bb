import fc from "fast-check";
import { smallIntegers, usualFill, type Argument, type Fill } from "../../draws/argument.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import type { RopePairing } from "../../../contract/kernels.ts";
import { composeRope, rope } from "../../../ops/fused/rope.ts";
import type { Call, CallKind, ConformanceCase } from "../../case.ts";
import { at, expected, sliceOf } from "../../tensor-values.ts";
import type { LayoutDraw } from "../../draws/memory-layout.ts";
import { ropeProperties } from "../../properties/rope.ts";
import { laneLength, laneLengths, layouts, seeds } from "../../draws/shapes.ts";
import { isNotHuge } from "../../draws/special-elements.ts";

type Params = Record<never, never>;

interface RopeDraw {
  readonly N: number;
  readonly H: number;
  /** Rows of the tables. */
  readonly M: number;
  /** Pairs that turn: R = 2·pairs. */
  readonly pairs: number;
  /** Elements that pass through: D = R + rest. */
  readonly rest: number;
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}

const call = (draw: RopeDraw, { dtype, values }: CallKind): Call<"rope", Params> => {
  const { N, H, M, pairs, rest, layouts, seed } = draw;
  const whole = values === "integers";
  // Cosines and sines need not belong together for the formula; whole ones are 0 and ±1.
  const turns: Fill = whole
    ? { kind: "integers", low: -1, high: 1, seed }
    : { kind: "uniform", low: -1, high: 1, seed };
  const tableDType: DType = seed % 2 === 0 ? "f32" : dtype;
  const table = (i: 1 | 2): Argument => ({
    dtype: tableDType,
    shape: [M, pairs],
    layout: layouts[i],
    fill: { ...turns, seed: seed + i },
  });
  const x: Argument = {
    dtype,
    shape: [N, H, 2 * pairs + rest],
    layout: layouts[0],
    fill: whole ? smallIntegers(dtype, seed) : usualFill(dtype, seed),
  };
  // Most draws hold positions on both sides of the table; every fifth one the ends of an i32.
  const places: Fill =
    seed % 5 === 0
      ? { kind: "values", values: [-(2 ** 31), M - 1, 2 ** 31 - 1, 0] }
      : { kind: "integers", low: -1, high: M, seed };
  const positions: Argument = { dtype: "i32", shape: [N], layout: layouts[3], fill: places };
  return { inputs: { x, cos: table(1), sin: table(2), positions }, params: {} };
};

const short = fc.constantFrom(1, 2, 3, 1, 2, 3, 2, 3, 0);
const draws: fc.Arbitrary<RopeDraw> = fc.record({
  N: fc.oneof(short, fc.nat({ max: 9 })),
  H: short,
  M: fc.integer({ min: 1, max: 7 }),
  pairs: fc.oneof(fc.integer({ min: 1, max: 5 }), laneLength),
  rest: fc.constantFrom(0, 0, 0, 1, 2, 5),
  layouts: fc.array(layouts, { minLength: 4, maxLength: 4 }),
  seed: seeds,
});

const contiguous = new Array<LayoutDraw>(4).fill({ kind: "contiguous", seed: 0 });

/**
 * out = each pair (a, b) of token n turned to (a·cos − b·sin, b·cos + a·sin) by row positions[n] of the tables; the variant
 * is which elements are pairs
 */
export const ropeCase: ConformanceCase<"rope", Params> = {
  op: "rope",
  dtypes: ["f32", "f16", "bf16"],
  variants: () => ["interleaved", "half"] satisfies RopePairing[],
  elementwise: true,
  calls: (kind) => draws.map((draw) => call(draw, kind)),
  examples: (kind) => [
    ...laneLengths.map((pairs, seed) =>
      call({ N: 4, H: 2, M: 1 + (seed % 5), pairs, rest: seed % 3, layouts: contiguous, seed }, kind),
    ),
    call({ N: 10, H: 3, M: 6, pairs: 8, rest: 0, layouts: contiguous, seed: 1 }, kind),
    call({ N: 1, H: 1, M: 1, pairs: 0, rest: 3, layouts: contiguous, seed: 1 }, kind),
  ],
  run: (_, { x, cos, sin, positions }, __, { variant }) =>
    rope(x, cos, sin, { pairing: variant as RopePairing, positions }),
  compose: ({ x, cos, sin, positions }, _, { variant }) => composeRope(x, cos, sin, positions, variant as RopePairing),
  oracle: ({ inputs: { x, cos, sin, positions } }, { dtype, variant }) => {
    const [M, pairs] = cos.shape;
    return expected(dtype, x.shape, ([n, h, d]) => {
      const own = at(x, n, h, d);
      if (d >= 2 * pairs) return own;
      const [pair, isSecond] = variant === "half" ? [d % pairs, d >= pairs] : [Math.floor(d / 2), d % 2 === 1];
      const distance = variant === "half" ? pairs : 1;
      const partner = at(x, n, h, isSecond ? d - distance : d + distance);
      const place = at(positions, n);
      const row = place < 0 ? 0 : place >= M ? M - 1 : place;
      const kept = own * at(cos, row, pair);
      const moved = partner * at(sin, row, pair);
      return [isSecond ? kept + moved : kept - moved, Math.abs(kept) + Math.abs(moved)];
    });
  },
  tolerance: ({ dtype }) => ({
    kind: "relative",
    factor: 2.5,
    terms: 1,
    intermediate: dtype,
    reason: "table, products and sum rounded into the dtype",
  }),
  exactOnIntegers: () => true,
  sprinkled: ["x", "cos", "sin"],
  sprinkledFollow: isNotHuge,
  rows: ({ inputs: { x, cos, sin, positions } }) => {
    const of = (n: number) => ({
      title: `token ${n}`,
      call: { inputs: { x: sliceOf(x, 0, n), cos, sin, positions: sliceOf(positions, 0, n) }, params: {} },
      of: (result: Parameters<typeof sliceOf>[0]) => sliceOf(result, 0, n),
    });
    return Array.from({ length: x.shape[0] }, (_, n) => of(n));
  },
  misuses: ({ make }) => [
    {
      title: "rank",
      run: () => rope(make([2, 3, 4]), make([1, 3, 2]), make([1, 3, 2]), { pairing: "half" }),
      error: ArgumentError,
      mentions: ["rope", "[2, 3, 4]", "[2] i32"],
    },
    {
      title: "positions beside rows",
      run: () =>
        rope(make([1, 1, 3, 4]), make([1, 3, 2]), make([1, 3, 2]), { pairing: "half", positions: make([3], "i32") }),
      error: ArgumentError,
      mentions: ["rope", "positions", "[1, 1, 3, 4]"],
    },
    {
      title: "number of positions",
      run: () => rope(make([3, 1, 4]), make([5, 2]), make([5, 2]), { pairing: "half", positions: make([2], "i32") }),
      error: ShapeError,
      mentions: ["rope", "positions", "[2]", "[3]"],
    },
    {
      title: "dtype of positions",
      run: () => rope(make([3, 1, 4]), make([5, 2]), make([5, 2]), { pairing: "half", positions: make([3]) }),
      error: DTypeError,
      mentions: ["rope", "positions", "f32", "i32"],
    },
    {
      title: "empty tables",
      run: () => rope(make([3, 1, 4]), make([0, 2]), make([0, 2]), { pairing: "half", positions: make([3], "i32") }),
      error: ShapeError,
      mentions: ["rope", "[0, 2]", "[3, 1, 4]"],
    },
    {
      title: "rank 2",
      run: () => rope(make([3, 4]), make([5, 2]), make([5, 2]), { pairing: "half", positions: make([3], "i32") }),
      error: ShapeError,
      mentions: ["rope", "[3, 4]"],
    },
    {
      title: "positions",
      run: () => rope(make([1, 1, 3, 4]), make([1, 2, 2]), make([1, 2, 2]), { pairing: "half" }),
      error: ShapeError,
      mentions: ["rope", "[1, 2, 2]", "[1, 1, 3, 4]"],
    },
    {
      title: "more pairs than elements",
      run: () => rope(make([1, 1, 3, 4]), make([1, 3, 3]), make([1, 3, 3]), { pairing: "interleaved" }),
      error: ShapeError,
      mentions: ["rope", "[1, 3, 3]", "[1, 1, 3, 4]"],
    },
    {
      title: "cos and sin",
      run: () => rope(make([2, 1, 3, 4]), make([1, 3, 2]), make([2, 3, 2]), { pairing: "half" }),
      error: ShapeError,
      mentions: ["rope", "[1, 3, 2]", "[2, 3, 2]"],
    },
    {
      title: "ints",
      run: () => rope(make([1, 1, 1, 2], "i32"), make([1, 1, 1]), make([1, 1, 1]), { pairing: "half" }),
      error: DTypeError,
      mentions: ["rope", "x", "i32"],
    },
  ],
  properties: ropeProperties,
};
