import type { Backend } from "../../../contract/backend.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import type { NormWeightMode } from "../../../contract/kernels.ts";
import { composeProjections, projections, type ProjectionWeights } from "../../../ops/fused/projections.ts";
import { concat } from "../../../ops/compose.ts";
import { scope } from "../../../scope.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { along, at, expected, type TensorValues } from "../../tensor-values.ts";
import {
  biasOf,
  normBefore,
  normedRows,
  otherFormat,
  plus,
  projectionInputs,
  projectionKinds,
  sibling,
  type ProjectionDraw,
} from "../../draws/projection-arguments.ts";
import { rowsOf } from "../../draws/product-rows.ts";
import { placeWeights, productTolerance, weightValues, type WeightDraw } from "../../draws/product-weights.ts";
import { smallMatrix } from "../../draws/quant-weights.ts";
import { roundedProduct } from "../../formulas/rounded-products.ts";

interface Params {
  readonly weights: readonly [WeightDraw, ...WeightDraw[]];
  readonly mode: NormWeightMode | null;
}

/** One to three weights; the third, or the second, is of another format now and then, as in files that mix them. */
const call = (draw: ProjectionDraw): Call<"projections", Params> => {
  const { weight, norm, seed } = draw;
  const others = [
    sibling(weight, 1 + (seed % 11), seed % 7 === 3 ? "bf16" : weight.format),
    sibling(weight, 8, seed % 2 ? weight.format : otherFormat(weight.format)),
  ];
  const weights: Params["weights"] = [weight, ...others.slice(0, seed % 3)];
  const biases = weights.map(({ rows }, i) =>
    // Not of all of them now and then.
    i === 1 && seed % 5 === 0 ? undefined : biasOf(draw, rows, draw.layouts[2 + (i % 2)]),
  );
  return {
    inputs: {
      ...projectionInputs(draw),
      ...Object.fromEntries(biases.flatMap((bias, i) => (bias ? [[biasNames[i], bias]] : []))),
    },
    params: { weights, mode: norm },
  };
};

const biasNames = ["firstBias", "secondBias", "thirdBias"] as const;

type Inputs<T> = { readonly x: T; readonly norm?: T } & { readonly [I in (typeof biasNames)[number]]?: T };

/** The results side by side. */
const run = (
  backend: Backend,
  { x, norm, ...biases }: Inputs<Tensor>,
  params: Params,
  op: typeof projections,
): Tensor => {
  const added = params.weights.map((_, i) => biases[biasNames[i]]);
  return scope(() => concat(op(x, place(backend, params.weights), normBefore(norm, params.mode), added), -1));
};

const place = (backend: Backend, weights: readonly WeightDraw[]): ProjectionWeights =>
  weights.map((weight) => placeWeights(backend, weight)) as unknown as ProjectionWeights;

/** out = [n·w₁ᵀ, n·w₂ᵀ, …] + bias, n = x or its rmsNorm; the variant is the format of the first weight */
export const projectionsCase: ConformanceCase<"projections", Params> = {
  op: "projections",
  ...projectionKinds(call),
  run: (backend, inputs, params) => run(backend, inputs, params, projections),
  compose: (inputs, params) => run(inputs.x.backend, inputs, params, composeProjections),
  oracle: ({ inputs, params: { weights, mode } }) => {
    const { x, norm, ...biases } = inputs as Inputs<TensorValues>;
    const rowOf = normedRows(x, norm, mode);
    const columns = weights.flatMap((draw, i) => {
      const w = weightValues(draw);
      return Array.from({ length: draw.rows }, (_, n) => ({ w, n, bias: biases[biasNames[i]] }));
    });
    return expected(x.dtype, [...x.shape.slice(0, -1), columns.length], (index) => {
      const { w, n, bias } = columns[along(index, -1)];
      return plus(roundedProduct(rowOf(index), w, n), bias && at(bias, n));
    });
  },
  tolerance: ({ dtype }, { params: { weights } }) => productTolerance(dtype, weights),
  sprinkled: ["x", "norm", ...biasNames],
  rows: (call) => rowsOf(call),
  misuses: ({ backend, make }) => {
    const weight = () => smallMatrix(backend);
    return [
      {
        title: "inner lengths",
        run: () => scope(() => void projections(make([2, 31]), [weight()])),
        error: ShapeError,
        mentions: ["projections", "[2, 31]", "[5, 32]"],
      },
      {
        title: "norm length",
        run: () => scope(() => void projections(make([2, 32]), [weight()], { weight: make([31]), eps: 1 })),
        error: ShapeError,
        mentions: ["projections", "norm", "[31]", "[32]"],
      },
      {
        title: "eps 0",
        run: () => scope(() => void projections(make([2, 32]), [weight()], { weight: make([32]), eps: 0 })),
        error: ArgumentError,
        mentions: ["projections", "eps is 0"],
      },
      {
        title: "bias length",
        run: () => scope(() => void projections(make([2, 32]), [weight()], undefined, [make([4])])),
        error: ShapeError,
        mentions: ["projections", "bias 0", "[4]", "[5]"],
      },
      {
        title: "more biases than weights",
        run: () => scope(() => void projections(make([2, 32]), [weight()], undefined, [make([5]), make([5])])),
        error: ArgumentError,
        mentions: ["projections", "2 biases of 1 weights"],
      },
      {
        title: "ints",
        run: () => scope(() => void projections(make([1, 32], "i32"), [weight()])),
        error: DTypeError,
        mentions: ["projections", "i32"],
      },
    ];
  },
};
