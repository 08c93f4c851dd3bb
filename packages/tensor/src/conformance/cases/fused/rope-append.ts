import fc from "fast-check";
import { usualFill, smallIntegers, type Argument, type Fill } from "../../draws/argument.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import type { RopePairing } from "../../../contract/kernels.ts";
import { composeRopeAppend, ropeAppend } from "../../../ops/fused/rope-append.ts";
import { cast } from "../../../ops/cast.ts";
import { concat } from "../../../ops/compose.ts";
import { mul } from "../../../ops/binary.ts";
import { narrow, reshape, unsqueeze } from "../../../ops/view.ts";
import { scope } from "../../../scope.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, CallKind, ConformanceCase, MisuseTools } from "../../case.ts";
import { at, countOf, expected, indexAt } from "../../tensor-values.ts";
import { repeatedAxes, type LayoutDraw } from "../../draws/memory-layout.ts";
import { laneLength, laneLengths, layouts, seeds } from "../../draws/shapes.ts";
import { isNotHuge } from "../../draws/special-elements.ts";

interface Params {
  readonly pairing: RopePairing;
  /** q, k and v are views of one storage, as joint projections leave them. */
  readonly joined: boolean;
}

interface Draw {
  readonly N: number;
  readonly H: number;
  readonly K: number;
  /** Pairs that turn, and elements of a head that pass through. */
  readonly pairs: number;
  readonly rest: number;
  /** Elements of a value beyond those of a key. */
  readonly wider: number;
  readonly M: number;
  readonly pages: number;
  readonly P: number;
  readonly pairing: RopePairing;
  readonly joined: boolean;
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}

const inBytes = (variant: string): boolean => variant === "i8";

/** A pool is written into: no layout that repeats elements. */
const apart = (shape: readonly number[], layout: LayoutDraw): LayoutDraw =>
  repeatedAxes(shape, layout).length > 0 ? { kind: "stepped", seed: layout.seed } : layout;

function call(draw: Draw, { dtype, variant, values: kind }: CallKind): Call<"ropeAppend", Params> {
  const { N, H, K, pairs, rest, wider, M, pages, P, pairing, joined, layouts: drawn, seed } = draw;
  const D = 2 * pairs + rest;
  const whole = kind === "integers" || inBytes(variant);
  const argument = (i: number, stored: DType, shape: readonly number[], fill: Fill): Argument => ({
    ...{ dtype: stored, shape, layout: drawn[i], fill },
  });
  const head = (i: number, n: number, width: number): Argument =>
    argument(i, dtype, [N, n, width], whole ? smallIntegers(dtype, seed + i) : usualFill(dtype, seed + i));
  // In 8 bits whole numbers beside quarter turns: a level is then never a matter of the rounding of a sum.
  const turns = (i: number): Argument =>
    inBytes(variant)
      ? argument(i, "f32", [M, pairs], { kind: "values", values: i === 3 ? [1, 0, -1, 0] : [0, 1, 0, -1] })
      : argument(i, seed % 2 ? "f32" : dtype, [M, pairs], {
          ...(whole
            ? { kind: "integers", low: -1, high: 1, seed: seed + i }
            : { kind: "uniform", low: -1, high: 1, seed: seed + i }),
        });
  const pool = (i: number, shape: readonly number[], stored: DType): Argument => ({
    ...argument(i, stored, shape, usualFill(stored, seed + i)),
    layout: apart(shape, drawn[i]),
  });
  const slots = Array.from({ length: N }, (_, n) =>
    n % 4 === 3 || n >= pages * P ? [-1, pages * P, -(2 ** 31)][n % 3] : (n + seed) % (pages * P),
  );
  return {
    inputs: {
      q: head(0, H, D),
      k: head(1, K, D),
      v: head(2, K, D + (joined ? 0 : wider)),
      cos: turns(3),
      sin: turns(4),
      positions: argument(5, "i32", [N], { kind: "integers", low: -1, high: M, seed }),
      slots: {
        ...argument(6, "i32", [N], { kind: "values", values: N > 0 ? slots : [0] }),
        layout: apart([N], drawn[6]),
      },
      keys: pool(7, [pages, K, P, D], variant as DType),
      values: pool(8, [pages, K, P, D + (joined ? 0 : wider)], variant as DType),
      ...(inBytes(variant) && {
        keyScales: pool(9, [pages, K, P], "f32"),
        valueScales: pool(10, [pages, K, P], "f32"),
      }),
    },
    params: { pairing, joined },
  };
}

const few = fc.integer({ min: 1, max: 3 });
const draws: fc.Arbitrary<Draw> = fc.record({
  ...{ N: fc.nat({ max: 6 }), H: few, K: few, M: few, pages: few, P: fc.constantFrom(1, 2, 4) },
  pairs: fc.oneof(fc.nat({ max: 5 }), laneLength),
  ...{ rest: fc.constantFrom(1, 2, 3, 5), wider: fc.constantFrom(0, 0, 1, 4) },
  ...{ pairing: fc.constantFrom<RopePairing>("half", "interleaved"), joined: fc.boolean(), seed: seeds },
  layouts: fc.array(layouts, { minLength: 11, maxLength: 11 }),
});

const contiguous = new Array<LayoutDraw>(11).fill({ kind: "contiguous", seed: 0 });
const example = (draw: Partial<Draw>): Draw => ({
  ...{ N: 3, H: 4, K: 2, pairs: 4, rest: 0, wider: 0, M: 5, pages: 2, P: 4 },
  ...{ pairing: "half", joined: true, layouts: contiguous, seed: 1, ...draw },
});

type Inputs<T> = {
  readonly [I in "q" | "k" | "v" | "cos" | "sin" | "positions" | "slots" | "keys" | "values"]: T;
} & { readonly keyScales?: T; readonly valueScales?: T };

/** The turned queries and both pools after the call, as floats, one behind the other; levels times their scales. */
function run(inputs: Inputs<Tensor>, { pairing, joined }: Params, dtype: DType, op: typeof ropeAppend): Tensor {
  return scope(() => {
    const { cos, sin, ...rest } = inputs;
    const { positions, slots, keys, values, keyScales, valueScales } = rest;
    const [q, k, v] = joined ? beside([rest.q, rest.k, rest.v]) : [rest.q, rest.k, rest.v];
    const scales = keyScales && valueScales ? { keyScales, valueScales } : {};
    const turned = op(q, k, v, cos, sin, { pairing, positions, slots, keys, values, ...scales });
    const floats = (pool: Tensor, by: Tensor | undefined): Tensor =>
      by ? mul(cast(pool, "f32"), unsqueeze(by, 3)) : pool;
    const results = [turned, floats(keys, keyScales), floats(values, valueScales)];
    return concat(
      results.map((one) => cast(reshape(one, [-1]), dtype)),
      0,
    );
  });
}

function beside(heads: readonly [Tensor, Tensor, Tensor]): [Tensor, Tensor, Tensor] {
  const all = concat(heads, 1);
  const starts = [0, heads[0].shape[1], heads[0].shape[1] + heads[1].shape[1]];
  return heads.map((one, i) => narrow(all, 1, starts[i], one.shape[1])) as [Tensor, Tensor, Tensor];
}

/** Of what everything is a float at last: the pool's, or f32 for levels. */
const resultOf = (variant: string): DType => (inBytes(variant) ? "f32" : (variant as DType));

/** q turned, then the pools with k turned and v in their slots; the variant is the dtype of the pools */
export const ropeAppendCase: ConformanceCase<"ropeAppend", Params> = {
  op: "ropeAppend",
  dtypes: ["f32", "f16", "bf16"],
  variants: () => ["f32", "f16", "bf16", "i8"],
  elementwise: true,
  calls: (kind) => draws.map((draw) => call(draw, kind)),
  examples: (kind) =>
    [
      ...laneLengths.map((pairs, seed) =>
        example({
          pairs,
          rest: seed % 3 === 0 ? 1 : 2,
          seed,
          joined: seed % 2 === 0,
          pairing: seed % 3 ? "half" : "interleaved",
        }),
      ),
      example({ pairing: "interleaved" }),
      example({ joined: false, wider: 3 }),
      example({ pairs: 0, rest: 3, joined: false }),
      example({ N: 6, pairs: 32, P: 2, seed: 3 }),
      example({ N: 0 }),
    ].map((draw) => call(draw, kind)),
  run: (_, inputs, params, { variant }) => run(inputs, params, resultOf(variant), ropeAppend),
  compose: (inputs, params, { variant }) => run(inputs, params, resultOf(variant), composeRopeAppend),
  oracle: ({ inputs, params: { pairing } }, { variant }) => {
    const { q, k, v, cos, sin, positions, slots, keys, values, keyScales, valueScales } = inputs as typeof inputs &
      Partial<Record<"keyScales" | "valueScales", (typeof inputs)["q"]>>;
    const [M, pairs] = cos.shape;
    const turned = (x: typeof q, n: number, h: number, d: number): [value: number, magnitude: number] => {
      const own = at(x, n, h, d);
      if (d >= 2 * pairs) return [own, Math.abs(own)];
      const [pair, isSecond] = pairing === "half" ? [d % pairs, d >= pairs] : [Math.floor(d / 2), d % 2 === 1];
      const distance = pairing === "half" ? pairs : 1;
      const partner = at(x, n, h, isSecond ? d - distance : d + distance);
      const row = Math.max(0, Math.min(at(positions, n), M - 1));
      const [kept, moved] = [own * at(cos, row, pair), partner * at(sin, row, pair)];
      return [isSecond ? kept + moved : kept - moved, Math.abs(kept) + Math.abs(moved)];
    };
    const plain = (n: number, h: number, d: number): [number, number] => [at(v, n, h, d), Math.abs(at(v, n, h, d))];
    /** The pool's element of a flat index: what a token brings, or what was there. */
    const stored = (
      pool: typeof q,
      scales: typeof q | undefined,
      row: typeof plain,
      flat: number,
    ): [number, number] => {
      const [page, h, place, d] = indexAt(pool.shape, flat);
      const n = slots.data.indexOf(page * pool.shape[2] + place);
      if (n < 0) {
        const kept = pool.data[flat] * (scales ? at(scales, page, h, place) : 1);
        return [kept, Math.abs(kept)];
      }
      if (!scales) return row(n, h, d);
      const all = Array.from({ length: pool.shape[3] }, (_, i) => row(n, h, i)[0]);
      const scale = Math.fround(Math.max(...all.map(Math.abs)) / 127);
      if (Number.isNaN(scale)) return [NaN, NaN];
      const level = Math.fround(all[d] / scale);
      const whole = Math.round(level);
      const even = Math.abs(level - Math.trunc(level)) === 0.5 ? 2 * Math.round(level / 2) : whole;
      const value = (Number.isNaN(level) ? 0 : Math.max(-128, Math.min(127, even))) * scale;
      return [value, Math.abs(value)];
    };
    const ends = [countOf(q.shape), countOf(q.shape) + countOf(keys.shape)];
    return expected(resultOf(variant), [ends[1] + countOf(values.shape)], ([i]) => {
      if (i < ends[0]) {
        const [n, h, d] = indexAt(q.shape, i);
        return turned(q, n, h, d);
      }
      if (i < ends[1]) return stored(keys, keyScales, (n, h, d) => turned(k, n, h, d), i - ends[0]);
      return stored(values, valueScales, plain, i - ends[1]);
    });
  },
  tolerance: ({ dtype }) => ({
    ...{ kind: "relative", factor: 4, terms: 1, intermediate: dtype },
    reason: "tables, products and sums rounded into the dtype, then into that of the pool",
  }),
  exactOnIntegers: ({ variant }) => !inBytes(variant),
  sprinkled: ["q", "k", "v"],
  sprinkledFollow: isNotHuge,
  misuses: (tools) => misuses(tools),
};

function misuses({ make }: MisuseTools): ReturnType<NonNullable<ConformanceCase["misuses"]>> {
  const append = (given: Partial<Inputs<Tensor>>): Tensor => {
    const { q, k, v, cos, sin, ...rest } = {
      ...{ q: make([2, 4, 6]), k: make([2, 2, 6]), v: make([2, 2, 5]), cos: make([3, 2]), sin: make([3, 2]) },
      ...{ positions: make([2], "i32"), slots: make([2], "i32") },
      ...{ keys: make([3, 2, 4, 6]), values: make([3, 2, 4, 5]), ...given },
    };
    return ropeAppend(q, k, v, cos, sin, { pairing: "half", ...rest });
  };
  const scales = (): Tensor => make([3, 2, 4]);
  return [
    {
      title: "heads of k",
      run: () => append({ k: make([2, 3, 6]) }),
      error: ShapeError,
      mentions: ["ropeAppend", "k", "[2, 3, 6]"],
    },
    {
      title: "width of v",
      run: () => append({ v: make([2, 2, 6]) }),
      error: ShapeError,
      mentions: ["ropeAppend", "v", "[2, 2, 5]"],
    },
    {
      title: "pages",
      run: () => append({ values: make([2, 2, 4, 5]) }),
      error: ShapeError,
      mentions: ["ropeAppend", "values", "[2, 2, 4, 5]"],
    },
    {
      title: "tables",
      run: () => append({ cos: make([3, 4]), sin: make([3, 4]) }),
      error: ShapeError,
      mentions: ["ropeAppend", "cos", "[3, 4]"],
    },
    {
      title: "number of slots",
      run: () => append({ slots: make([3], "i32") }),
      error: ShapeError,
      mentions: ["ropeAppend", "slots", "[3]"],
    },
    {
      title: "dtype of slots",
      run: () => append({ slots: make([2]) }),
      error: DTypeError,
      mentions: ["ropeAppend", "slots", "f32"],
    },
    {
      title: "dtypes of heads",
      run: () => append({ v: make([2, 2, 5], "bf16") }),
      error: DTypeError,
      mentions: ["ropeAppend", "bf16"],
    },
    {
      title: "levels without scales",
      run: () => append({ keys: make([3, 2, 4, 6], "i8") }),
      error: DTypeError,
      mentions: ["ropeAppend", "keys", "i8"],
    },
    {
      title: "floats with scales",
      run: () => append({ keyScales: scales(), valueScales: scales() }),
      error: DTypeError,
      mentions: ["ropeAppend", "keys", "f32", "i8"],
    },
    {
      title: "scales of keys alone",
      run: () => append({ keys: make([3, 2, 4, 6], "i8"), keyScales: scales() }),
      error: ArgumentError,
      mentions: ["ropeAppend", "keys have scales"],
    },
  ];
}
