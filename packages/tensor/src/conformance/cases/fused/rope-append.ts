import type { DType } from "../../../dtypes/dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import { composeRopeAppend, ropeAppend, type HeadNorms } from "../../../ops/fused/rope-append.ts";
import { cast } from "../../../ops/cast.ts";
import { concat } from "../../../ops/compose.ts";
import { mul } from "../../../ops/binary.ts";
import { narrow, reshape, unsqueeze } from "../../../ops/view.ts";
import { scope } from "../../../scope.ts";
import type { Tensor } from "../../../tensor.ts";
import { at, countOf, expected, indexAt, type TensorValues } from "../../tensor-values.ts";
import { isNotHuge } from "../../draws/special-elements.ts";
import type { NormWeightMode } from "../../../contract/kernels.ts";
import type { ConformanceCase, MisuseTools } from "../../case.ts";
import type { Argument } from "../../draws/argument.ts";
import {
  appendCall,
  appendDraws,
  appendExample,
  inBytes,
  modes,
  type AppendParams,
} from "../../draws/append-arguments.ts";
import { laneLengths } from "../../draws/shapes.ts";

type Inputs<T> = {
  readonly [I in "q" | "k" | "v" | "cos" | "sin" | "positions" | "slots" | "keys" | "values"]: T;
} & { readonly [I in "keyScales" | "valueScales" | "qNorm" | "kNorm"]?: T };

const EPS = 1e-5;

/** The turned queries and both pools after the call, as floats, one behind the other; levels times their scales. */
function run(
  inputs: Inputs<Tensor>,
  { pairing, joined, mode }: AppendParams,
  dtype: DType,
  op: typeof ropeAppend,
): Tensor {
  return scope(() => {
    const { cos, sin, ...rest } = inputs;
    const { positions, slots, keys, values, keyScales, valueScales, qNorm, kNorm } = rest;
    const [q, k, v] = joined ? beside([rest.q, rest.k, rest.v]) : [rest.q, rest.k, rest.v];
    const scales = keyScales && valueScales ? { keyScales, valueScales } : {};
    const norms = qNorm && kNorm && { q: qNorm, k: kNorm, eps: EPS, weightMode: mode };
    const options = { pairing, positions, slots, keys, values, ...scales, ...(norms && { norms }) };
    const turned = op(q, k, v, cos, sin, options);
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
export const ropeAppendCase: ConformanceCase<"ropeAppend", AppendParams> = {
  op: "ropeAppend",
  dtypes: ["f32", "f16", "bf16"],
  variants: () => ["f32", "f16", "bf16", "i8"],
  elementwise: true,
  calls: (kind) => appendDraws.map((draw) => appendCall(draw, kind)),
  examples: (kind) =>
    [
      ...laneLengths.map((pairs, seed) =>
        appendExample({
          pairs,
          rest: seed % 3 === 0 ? 1 : 2,
          seed,
          joined: seed % 2 === 0,
          pairing: seed % 3 ? "half" : "interleaved",
        }),
      ),
      appendExample({ pairing: "interleaved" }),
      appendExample({ joined: false, wider: 3 }),
      appendExample({ pairs: 0, rest: 3, joined: false }),
      appendExample({ N: 6, pairs: 32, P: 2, seed: 3 }),
      ...modes.map((mode, i) => appendExample({ norms: mode, rest: i, joined: i !== 1, seed: 4 + i })),
      appendExample({ norms: "f32-mul", H: 1, K: 3, pairs: 40, pairing: "interleaved" }),
      appendExample({ N: 0 }),
    ].map((draw) => appendCall(draw, kind)),
  run: (_, inputs, params, { variant }) => run(inputs, params, resultOf(variant), ropeAppend),
  compose: (inputs, params, { variant }) => run(inputs, params, resultOf(variant), composeRopeAppend),
  oracle: ({ inputs, params: { pairing, mode } }, { variant }) => {
    const { q, k, v, cos, sin, positions, slots, keys, values, ...others } = inputs as Inputs<TensorValues>;
    const { keyScales, valueScales, qNorm, kNorm } = others;
    const [queries, newKeys] = [normedHeads(q, qNorm, mode), normedHeads(k, kNorm, mode)];
    const [M, pairs] = cos.shape;
    const turned = (x: typeof queries, n: number, h: number, d: number): [value: number, magnitude: number] => {
      const [own, ownSize] = x(n, h, d);
      if (d >= 2 * pairs) return [own, ownSize];
      const [pair, isSecond] = pairing === "half" ? [d % pairs, d >= pairs] : [Math.floor(d / 2), d % 2 === 1];
      const distance = pairing === "half" ? pairs : 1;
      const [partner, partnerSize] = x(n, h, isSecond ? d - distance : d + distance);
      const row = Math.max(0, Math.min(at(positions, n), M - 1));
      const [c, s] = [at(cos, row, pair), at(sin, row, pair)];
      const [kept, moved] = [own * c, partner * s];
      return [isSecond ? kept + moved : kept - moved, ownSize * Math.abs(c) + partnerSize * Math.abs(s)];
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
        return turned(queries, n, h, d);
      }
      if (i < ends[1]) return stored(keys, keyScales, (n, h, d) => turned(newKeys, n, h, d), i - ends[0]);
      return stored(values, valueScales, plain, i - ends[1]);
    });
  },
  tolerance: ({ dtype }, { inputs }) => {
    const { q, qNorm } = inputs as Inputs<Argument>;
    return {
      ...{ kind: "relative", factor: qNorm ? 8 : 4, terms: qNorm ? countOf(q.shape.slice(1)) : 1, intermediate: dtype },
      reason: "sums of squares, norms, tables, products and sums rounded into the dtype, then into that of the pool",
    };
  },
  exactOnIntegers: ({ variant }) => !inBytes(variant),
  sprinkled: ["q", "k", "v", "qNorm", "kNorm"],
  sprinkledFollow: isNotHuge,
  misuses: (tools) => misuses(tools),
};

/** Elements of heads `[N, n, D]` behind their norm, and the sizes of what they are sums of. */
function normedHeads(
  heads: TensorValues,
  weight: TensorValues | undefined,
  mode: NormWeightMode,
): (n: number, h: number, d: number) => [value: number, size: number] {
  if (!weight)
    return (n, h, d) => {
      const value = at(heads, n, h, d);
      return [value, Math.abs(value)];
    };
  const [, H, D] = heads.shape;
  const length = weight.shape[0];
  const plus = mode === "one-plus" ? 1 : 0;
  const scales = Array.from({ length: countOf(heads.shape) / length }, (_, row) => {
    const values = heads.data.subarray(row * length, (row + 1) * length);
    return 1 / Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / length + EPS);
  });
  return (n, h, d) => {
    const flat = (n * H + h) * D + d;
    const normed = heads.data[flat] * scales[Math.floor(flat / length)];
    const w = at(weight, flat % length);
    return [normed * (w + plus), Math.abs(normed) * (Math.abs(w) + plus)];
  };
}

function misuses({ make }: MisuseTools): ReturnType<NonNullable<ConformanceCase["misuses"]>> {
  const append = (given: Partial<Inputs<Tensor>> & { readonly norms?: HeadNorms }): Tensor => {
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
      title: "norms' lengths",
      run: () => append({ norms: { q: make([24]), k: make([10]), eps: 1e-6 } }),
      error: ShapeError,
      mentions: ["ropeAppend", "norms.k", "[10]", "[12]"],
    },
    {
      title: "norms' eps",
      run: () => append({ norms: { q: make([6]), k: make([6]), eps: 0 } }),
      error: ArgumentError,
      mentions: ["ropeAppend", "eps is 0"],
    },
    {
      title: "scales of keys alone",
      run: () => append({ keys: make([3, 2, 4, 6], "i8"), keyScales: scales() }),
      error: ArgumentError,
      mentions: ["ropeAppend", "keys have scales"],
    },
  ];
}
