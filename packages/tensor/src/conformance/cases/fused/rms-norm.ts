import { given, drawnValues, usualFill, type Argument } from "../../draws/argument.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import type { NormWeightMode } from "../../../contract/kernels.ts";
import { mul } from "../../../ops/binary.ts";
import { composeRmsNorm, rmsNorm } from "../../../ops/fused/rms-norm.ts";
import type { Call, CallKind, ConformanceCase, Property } from "../../case.ts";
import { expectSame } from "../../compare.ts";
import { argumentOf, elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { along, at, expected, perRow, sliceOf } from "../../tensor-values.ts";
import { download, uploadDense } from "../../draws/memory-layout.ts";
import { normInput, normParameter } from "../../draws/norm-arguments.ts";
import { session } from "../../session.ts";
import { isNotHuge } from "../../draws/special-elements.ts";

interface RmsNormCall {
  readonly eps: number;
}

type Params = RmsNormCall;

const modes: readonly NormWeightMode[] = ["f32-mul", "cast-then-mul", "one-plus"];
const epsilons = [1e-8, 1e-6, 1e-5, 0.1];

/** A residual in every third call. */
const call = (draw: ElementwiseDraw, dtype: DType): Call<"rmsNorm", Params> => ({
  inputs: {
    x: normInput(draw, dtype),
    weight: normParameter(draw, 1, dtype),
    ...(draw.seed % 3 === 1 && { residual: argumentOf(draw, 2, dtype, (seed) => usualFill(dtype, seed)) }),
  },
  params: { eps: epsilons[draw.seed % 4] },
});

const scaleInvariant: Property<ElementwiseDraw> = {
  title: "rmsNorm(2ᵏ·x) = rmsNorm(x) as eps → 0, bit for bit",
  draws: elementwiseDraws(3, 1),
  holds: (backend, draw) =>
    session(async (s) => {
      const { x, weight } = call(draw, "f32").inputs;
      const [plain, scaled] = s.run(() => {
        const t = uploadDense(
          backend,
          drawnValues({ ...x, fill: { kind: "uniform", low: 0.5, high: 4, seed: draw.seed } }),
        );
        const w = uploadDense(backend, drawnValues(weight));
        // Far below half an ulp of every mean square, so adding it changes nothing.
        const options = { eps: 1e-20 };
        return [rmsNorm(t, w, options), rmsNorm(mul(t, 2 ** ((draw.seed % 9) - 4)), w, options)] as const;
      });
      expectSame("rmsNorm(2ᵏ·x) beside rmsNorm(x)", await download(scaled), await download(plain));
    }),
};

/** out = x·rsqrt(mean(x²) + eps)·weight; the variant is how the weight is applied */
export const rmsNormCase: ConformanceCase<"rmsNorm", Params> = {
  op: "rmsNorm",
  dtypes: ["f32", "f16", "bf16"],
  variants: () => modes,
  elementwise: false,
  calls: ({ dtype }) => elementwiseDraws(3, 1).map((draw) => call(draw, dtype)),
  examples: ({ dtype }) => elementwiseExamples(3, 1).map((draw) => call(draw, dtype)),
  specials: ({ dtype }) => {
    const weight: Argument = given(dtype, [3], [1, -2, 0.5]);
    const rows = [
      [0, -0, 0],
      [NaN, 1, 2],
      [Infinity, 1, 2],
      [2 ** -120, 2 ** -120, 0],
    ];
    return rows.map((row) => ({ inputs: { x: given(dtype, [1, 3], row), weight }, params: { eps: 1e-6 } }));
  },
  run: (_, { x, weight, ...onto }, { eps }, { variant }) =>
    rmsNorm(x, weight, { eps, weightMode: variant as NormWeightMode, ...onto }),
  compose: ({ x, weight, residual }, { eps }, { variant }) =>
    composeRmsNorm(x, weight, { eps, weightMode: variant as NormWeightMode }, residual),
  oracle: ({ inputs: { x, weight, residual }, params: { eps } }, { dtype, variant }) => {
    const C = along(x.shape, -1);
    const squaresOf = perRow(x.shape.length - 1, (index) => {
      const row = index.slice(0, -1);
      let squares = 0;
      for (let c = 0; c < C; c++) squares += at(x, ...row, c) ** 2;
      return squares;
    });
    return expected(dtype, x.shape, (index, flat) => {
      const w = at(weight, along(index, -1));
      const normalised = x.data[flat] / Math.sqrt(squaresOf(index) / C + eps);
      const plus = variant === "one-plus" ? 1 : 0;
      const stream = residual ? residual.data[flat] : 0;
      return [stream + normalised * (plus + w), Math.abs(stream) + Math.abs(normalised) * (plus + Math.abs(w))];
    });
  },
  tolerance: ({ dtype, variant }: CallKind, { inputs: { x, residual } }) =>
    (variant === "cast-then-mul" || residual) && dtype !== "f32"
      ? {
          kind: "relative",
          factor: 2.5,
          terms: 1,
          intermediate: dtype,
          reason: "x, weight, product and what is added to the residual rounded to 16 bits",
        }
      : {
          kind: "relative",
          factor: 4,
          terms: along(x.shape, -1),
          intermediate: "f32",
          reason: "mean square summed in f32",
        },
  sprinkled: ["x", "weight", "residual"],
  sprinkledFollow: isNotHuge,
  rows: ({ inputs: { x, weight, residual }, params }) =>
    Array.from({ length: x.shape.length > 1 ? x.shape[0] : 0 }, (_, i) => ({
      title: `entry ${i} of axis 0`,
      call: {
        inputs: { x: sliceOf(x, 0, i), weight, ...(residual && { residual: sliceOf(residual, 0, i) }) },
        params,
      },
      of: (result) => sliceOf(result, 0, i),
    })),
  misuses: ({ make }) => [
    {
      title: "weight length",
      run: () => rmsNorm(make([2, 3]), make([2]), { eps: 1e-6 }),
      error: ShapeError,
      mentions: ["rmsNorm", "weight", "[2]", "[3]"],
    },
    {
      title: "residual",
      run: () => rmsNorm(make([2, 3]), make([3]), { eps: 1e-6, residual: make([3]) }),
      error: ShapeError,
      mentions: ["rmsNorm", "residual", "[3]", "[2, 3]"],
    },
    {
      title: "eps 0",
      run: () => rmsNorm(make([3]), make([3]), { eps: 0 }),
      error: ArgumentError,
      mentions: ["rmsNorm", "eps is 0"],
    },
    {
      title: "NaN eps",
      run: () => rmsNorm(make([3]), make([3]), { eps: NaN }),
      error: ArgumentError,
      mentions: ["rmsNorm", "NaN"],
    },
    {
      title: "ints",
      run: () => rmsNorm(make([3], "i32"), make([3]), { eps: 1 }),
      error: DTypeError,
      mentions: ["rmsNorm", "x", "i32"],
    },
  ],
  properties: [scaleInvariant],
};
