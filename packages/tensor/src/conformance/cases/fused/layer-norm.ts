import { given } from "../../draws/argument.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import { composeLayerNorm, layerNorm } from "../../../ops/fused/layer-norm.ts";
import type { Call, CallKind, ConformanceCase } from "../../case.ts";
import { elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { along, at, expected, perRow, sliceOf } from "../../tensor-values.ts";
import { normInput, normParameter } from "../../draws/norm-arguments.ts";
import { isNotHuge } from "../../draws/special-elements.ts";

interface LayerNormCall {
  readonly eps: number;
}

const call = (draw: ElementwiseDraw, { dtype, variant }: CallKind): Call<"layerNorm", LayerNormCall> => {
  const inputs = { x: normInput(draw, dtype), weight: normParameter(draw, 1, dtype) };
  return {
    inputs: variant === "bias" ? { ...inputs, bias: normParameter(draw, 2, dtype) } : inputs,
    params: { eps: [1e-6, 1e-5, 0.1][draw.seed % 3] },
  };
};

/** out = (x − mean)·rsqrt(var + eps)·weight + bias; the variant is with or without bias */
export const layerNormCase: ConformanceCase<"layerNorm", LayerNormCall> = {
  op: "layerNorm",
  dtypes: ["f32", "f16", "bf16"],
  variants: () => ["bias", "plain"],
  elementwise: false,
  calls: (kind) => elementwiseDraws(3, 1).map((draw) => call(draw, kind)),
  examples: (kind) => elementwiseExamples(3, 1).map((draw) => call(draw, kind)),
  specials: ({ dtype, variant }) => {
    const rows = [
      [0, -0, 0],
      [NaN, 1, 2],
      [-Infinity, 1, 2],
      [2 ** -120, 0, 0],
    ];
    const parameter = (values: readonly number[]) => given(dtype, [3], values);
    return rows.map((row) => {
      const inputs = { x: given(dtype, [1, 3], row), weight: parameter([1, -2, 0.5]) };
      return {
        inputs: variant === "bias" ? { ...inputs, bias: parameter([0, 3, -1]) } : inputs,
        params: { eps: 1e-6 },
      };
    });
  },
  run: (_, { x, weight, bias }, { eps }) => layerNorm(x, weight, bias, { eps }),
  compose: ({ x, weight, bias }, { eps }) => composeLayerNorm(x, weight, bias, eps),
  oracle: ({ inputs: { x, weight, bias }, params: { eps } }, { dtype }) => {
    const C = along(x.shape, -1);
    const moments = perRow(x.shape.length - 1, (index) => {
      const row = Array.from({ length: C }, (_, c) => at(x, ...index.slice(0, -1), c));
      const mean = row.reduce((total, value) => total + value, 0) / C;
      const variance = row.reduce((total, value) => total + (value - mean) ** 2, 0) / C;
      return { mean, r: 1 / Math.sqrt(variance + eps), largest: Math.max(...row.map(Math.abs)) };
    });
    return expected(dtype, x.shape, (index, flat) => {
      const { mean, r, largest } = moments(index);
      const w = at(weight, along(index, -1));
      const shift = bias ? at(bias, along(index, -1)) : 0;
      const normalised = (x.data[flat] - mean) * r;
      // The mean is off by roundings of the largest element; r carries them into every element.
      const spread = largest * r * (1 + Math.abs(normalised)) * Math.abs(w);
      return [normalised * w + shift, spread + Math.abs(shift)];
    });
  },
  tolerance: (_, { inputs: { x } }) => ({
    kind: "relative",
    factor: 3,
    terms: along(x.shape, -1),
    intermediate: "f32",
    reason: "mean and variance summed in f32; x − mean cancels",
  }),
  sprinkled: ["x", "weight", "bias"],
  sprinkledFollow: isNotHuge,
  rows: ({ inputs, params }) =>
    Array.from({ length: inputs.x.shape.length > 1 ? inputs.x.shape[0] : 0 }, (_, i) => ({
      title: `entry ${i} of axis 0`,
      call: { inputs: { ...inputs, x: sliceOf(inputs.x, 0, i) }, params },
      of: (result) => sliceOf(result, 0, i),
    })),
  misuses: ({ make }) => [
    {
      title: "weight length",
      run: () => layerNorm(make([2, 3]), make([2]), undefined, { eps: 1e-5 }),
      error: ShapeError,
      mentions: ["layerNorm", "weight", "[2]", "[3]"],
    },
    {
      title: "bias rank",
      run: () => layerNorm(make([2, 3]), make([3]), make([1, 3]), { eps: 1e-5 }),
      error: ShapeError,
      mentions: ["layerNorm", "bias", "[1, 3]", "[3]"],
    },
    {
      title: "negative eps",
      run: () => layerNorm(make([3]), make([3]), undefined, { eps: -1 }),
      error: ArgumentError,
      mentions: ["layerNorm", "eps is -1"],
    },
    {
      title: "ints",
      run: () => layerNorm(make([3]), make([3], "i8"), undefined, { eps: 1 }),
      error: DTypeError,
      mentions: ["layerNorm", "weight", "i8"],
    },
  ],
};
