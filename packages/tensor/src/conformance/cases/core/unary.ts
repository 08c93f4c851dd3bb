import { given, usualFill, type Fill } from "../../draws/argument.ts";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { DTypeError } from "../../../errors.ts";
import type { UnaryOp } from "../../../contract/kernels.ts";
import { abs, cos, erf, exp, log, neg, rsqrt, sin, sqrt, tanh } from "../../../ops/unary.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, CallKind, ConformanceCase } from "../../case.ts";
import type { Tolerance } from "../../compare.ts";
import { argumentOf, elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { errorFunction } from "../../formulas/error-function.ts";
import { expected } from "../../tensor-values.ts";
import { specialValues } from "../../formulas/number-format.ts";

type Params = Record<never, never>;

interface UnarySpec {
  readonly run: (x: Tensor) => Tensor;
  readonly formula: (x: number) => number;
  readonly fill: (seed: number) => Fill;
  /** Units in the last place that an f32 implementation may be off; 0: correctly rounded. */
  readonly ulps: number;
}

const within =
  (bound: number) =>
  (seed: number): Fill => ({ kind: "uniform", low: -bound, high: bound, seed });
const positive = (seed: number): Fill => ({ kind: "uniform", low: 2 ** -(seed % 12), high: 2 ** (seed % 9), seed });

const specs: { readonly [K in UnaryOp]: UnarySpec } = {
  neg: { run: neg, formula: (x) => -x, fill: within(9), ulps: 0 },
  abs: { run: abs, formula: (x) => (x < 0 ? -x : x === 0 ? 0 : x), fill: within(9), ulps: 0 },
  exp: { run: exp, formula: Math.exp, fill: within(10), ulps: 2 },
  log: { run: log, formula: Math.log, fill: positive, ulps: 2 },
  sqrt: { run: sqrt, formula: Math.sqrt, fill: positive, ulps: 0 },
  rsqrt: { run: rsqrt, formula: (x) => 1 / Math.sqrt(x), fill: positive, ulps: 2 },
  sin: { run: sin, formula: Math.sin, fill: within(12), ulps: 2 },
  cos: { run: cos, formula: Math.cos, fill: within(12), ulps: 2 },
  tanh: { run: tanh, formula: Math.tanh, fill: within(5), ulps: 2 },
  erf: { run: erf, formula: errorFunction, fill: within(4), ulps: 2 },
};

const specOf = ({ variant }: CallKind): UnarySpec => specs[variant as UnaryOp];

const call = (draw: ElementwiseDraw, kind: CallKind): Call<"unary", Params> => {
  const fill = isFloat(kind.dtype) ? specOf(kind).fill : (seed: number) => usualFill(kind.dtype, seed);
  return { inputs: { x: argumentOf(draw, 0, kind.dtype, fill) }, params: {} };
};

const tolerance = (kind: CallKind): Tolerance => {
  const { ulps } = specOf(kind);
  if (ulps === 0 || !isFloat(kind.dtype)) return { kind: "exact", reason: "sign changes and roots round once" };
  return kind.dtype === "f32"
    ? { kind: "ulp", n: ulps, reason: "a good f32 routine" }
    : { kind: "ulp", n: 0.75, reason: "f32, rounded once to 16 bits" };
};

/** out = f(x); the variant is f */
export const unaryCase: ConformanceCase<"unary", Params> = {
  op: "unary",
  dtypes: dtypeNames.filter((dtype) => dtype !== "bool"),
  variants: (dtype) => (isFloat(dtype) ? Object.keys(specs) : ["neg", "abs"]),
  elementwise: true,
  calls: (kind) => elementwiseDraws(1).map((draw) => call(draw, kind)),
  examples: (kind) => elementwiseExamples(1).map((draw) => call(draw, kind)),
  specials: ({ dtype }) => {
    const values = specialValues(dtype);
    return [{ inputs: { x: given(dtype, [values.length], values) }, params: {} }];
  },
  run: (_, { x }, __, kind) => specOf(kind).run(x),
  oracle: ({ inputs: { x } }, kind) => expected(kind.dtype, x.shape, (_, flat) => specOf(kind).formula(x.data[flat])),
  tolerance,
  sprinkled: ["x"],
  misuses: ({ make }) => {
    const wrong = (name: UnaryOp, dtype: DType) => ({
      title: `${name} of ${dtype}`,
      run: () => specs[name].run(make([2], dtype)),
      error: DTypeError,
      mentions: [name, dtype],
    });
    return [wrong("neg", "bool"), wrong("exp", "i32"), wrong("sqrt", "u8"), wrong("tanh", "bool")];
  },
};
