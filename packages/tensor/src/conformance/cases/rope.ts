import fc from "fast-check";
import { smallIntegers, usualFill, type Argument, type Fill } from "../argument.ts";
import type { DType } from "../../dtype.ts";
import { DTypeError, ShapeError } from "../../errors.ts";
import type { RopePairing } from "../../kernels.ts";
import { composeRope, rope } from "../../ops/fused/rope.ts";
import { expand } from "../../ops/view.ts";
import type { Call, CallKind, ConformanceCase } from "../case.ts";
import { at, expected, sliceOf } from "../host-tensor.ts";
import type { LayoutDraw } from "../memory-layout.ts";
import { ropeProperties } from "../properties/rope.ts";
import { laneLength, laneLengths, layouts, seeds } from "../shapes.ts";
import { isNotHuge } from "../special-elements.ts";

type Params = Record<never, never>;

interface RopeDraw {
  readonly B: number;
  readonly H: number;
  readonly T: number;
  /** Pairs that turn: R = 2·pairs. */
  readonly pairs: number;
  /** Elements that pass through: D = R + rest. */
  readonly rest: number;
  /** One table for all rows. */
  readonly shared: boolean;
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}

const call = (draw: RopeDraw, { dtype, values }: CallKind): Call<"rope", Params> => {
  const { B, H, T, pairs, rest, shared, layouts, seed } = draw;
  const whole = values === "integers";
  // Cosines and sines need not belong together for the formula; whole ones are 0 and ±1.
  const turns: Fill = whole
    ? { kind: "integers", low: -1, high: 1, seed }
    : { kind: "uniform", low: -1, high: 1, seed };
  const tableDType: DType = seed % 2 === 0 ? "f32" : dtype;
  const table = (i: 1 | 2): Argument => ({
    dtype: tableDType,
    shape: [shared ? 1 : B, T, pairs],
    layout: layouts[i],
    fill: { ...turns, seed: seed + i },
  });
  const x: Argument = {
    dtype,
    shape: [B, H, T, 2 * pairs + rest],
    layout: layouts[0],
    fill: whole ? smallIntegers(dtype, seed) : usualFill(dtype, seed),
  };
  return { inputs: { x, cos: table(1), sin: table(2) }, params: {} };
};

const short = fc.constantFrom(1, 2, 3, 1, 2, 3, 2, 3, 0);
const draws: fc.Arbitrary<RopeDraw> = fc.record({
  B: short,
  H: short,
  T: fc.oneof(short, fc.nat({ max: 9 })),
  pairs: fc.oneof(fc.integer({ min: 1, max: 5 }), laneLength),
  rest: fc.constantFrom(0, 0, 0, 1, 2, 5),
  shared: fc.boolean(),
  layouts: fc.array(layouts, { minLength: 3, maxLength: 3 }),
  seed: seeds,
});

const contiguous = new Array<LayoutDraw>(3).fill({ kind: "contiguous", seed: 0 });

/** out = each pair (a, b) turned to (a·cos − b·sin, b·cos + a·sin); the variant is which elements are pairs */
export const ropeCase: ConformanceCase<"rope", Params> = {
  op: "rope",
  dtypes: ["f32", "f16", "bf16"],
  variants: () => ["interleaved", "half"] satisfies RopePairing[],
  elementwise: true,
  calls: (kind) => draws.map((draw) => call(draw, kind)),
  examples: (kind) => [
    ...laneLengths.map((pairs, seed) =>
      call({ B: 2, H: 2, T: 2, pairs, rest: seed % 3, shared: seed % 2 === 0, layouts: contiguous, seed }, kind),
    ),
    call({ B: 2, H: 3, T: 5, pairs: 8, rest: 0, shared: false, layouts: contiguous, seed: 1 }, kind),
    call({ B: 1, H: 1, T: 1, pairs: 0, rest: 3, shared: false, layouts: contiguous, seed: 1 }, kind),
  ],
  run: (_, { x, cos, sin }, __, { variant }) => rope(x, cos, sin, { pairing: variant as RopePairing }),
  compose: ({ x, cos, sin }, _, { variant }) => {
    const table = [x.shape[0], ...cos.shape.slice(1)];
    return composeRope(x, expand(cos, table), expand(sin, table), variant as RopePairing);
  },
  oracle: ({ inputs: { x, cos, sin } }, { dtype, variant }) => {
    const pairs = cos.shape[2];
    return expected(dtype, x.shape, ([b, h, t, d]) => {
      const own = at(x, b, h, t, d);
      if (d >= 2 * pairs) return own;
      const [pair, isSecond] = variant === "half" ? [d % pairs, d >= pairs] : [Math.floor(d / 2), d % 2 === 1];
      const distance = variant === "half" ? pairs : 1;
      const partner = at(x, b, h, t, isSecond ? d - distance : d + distance);
      const row = cos.shape[0] === 1 ? 0 : b;
      const kept = own * at(cos, row, t, pair);
      const moved = partner * at(sin, row, t, pair);
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
  rows: ({ inputs: { x, cos, sin } }) => {
    const of = (t: number) => ({
      title: `position ${t}`,
      call: { inputs: { x: sliceOf(x, 2, t), cos: sliceOf(cos, 1, t), sin: sliceOf(sin, 1, t) }, params: {} },
      of: (result: Parameters<typeof sliceOf>[0]) => sliceOf(result, 2, t),
    });
    return Array.from({ length: x.shape[2] }, (_, t) => of(t));
  },
  misuses: ({ make }) => [
    {
      title: "rank",
      run: () => rope(make([2, 3, 4]), make([1, 3, 2]), make([1, 3, 2]), { pairing: "half" }),
      error: ShapeError,
      mentions: ["rope", "[2, 3, 4]"],
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
  perf: [
    {
      title: "20 heads of 128 at 512 positions",
      kind: { dtype: "f32", variant: "interleaved", values: "reals" },
      call: call(
        { B: 1, H: 20, T: 512, pairs: 64, rest: 0, shared: true, layouts: contiguous, seed: 2 },
        { dtype: "f32", variant: "interleaved", values: "reals" },
      ),
      work: { bytes: 2 * 4 * 20 * 512 * 128 },
    },
  ],
};
