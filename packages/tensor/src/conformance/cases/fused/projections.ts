import type { Backend } from "../../../contract/backend.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import type { NormWeightMode } from "../../../contract/kernels.ts";
import { composeProjections, projections, type ProjectionWeights } from "../../../ops/fused/projections.ts";
import { concat } from "../../../ops/compose.ts";
import { scope } from "../../../scope.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { along, expected } from "../../tensor-values.ts";
import {
  normBefore,
  normedRows,
  otherFormat,
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
  return {
    inputs: projectionInputs(draw),
    params: { weights: [weight, ...others.slice(0, seed % 3)], mode: norm },
  };
};

const place = (backend: Backend, weights: readonly WeightDraw[]): ProjectionWeights =>
  weights.map((weight) => placeWeights(backend, weight)) as unknown as ProjectionWeights;

/** out = [n·w₁ᵀ, n·w₂ᵀ, …], n = x or its rmsNorm; the variant is the format of the first weight */
export const projectionsCase: ConformanceCase<"projections", Params> = {
  op: "projections",
  ...projectionKinds(call),
  run: (backend, { x, norm }, { weights, mode }) =>
    scope(() => concat(projections(x, place(backend, weights), normBefore(norm, mode)), -1)),
  compose: ({ x, norm }, { weights, mode }) =>
    scope(() => concat(composeProjections(x, place(x.backend, weights), normBefore(norm, mode)), -1)),
  oracle: ({ inputs: { x, norm }, params: { weights, mode } }) => {
    const rowOf = normedRows(x, norm, mode);
    const columns = weights.flatMap((draw) => {
      const w = weightValues(draw);
      return Array.from({ length: draw.rows }, (_, n) => ({ w, n }));
    });
    return expected(x.dtype, [...x.shape.slice(0, -1), columns.length], (index) => {
      const { w, n } = columns[along(index, -1)];
      return roundedProduct(rowOf(index), w, n);
    });
  },
  tolerance: ({ dtype }, { params: { weights } }) => productTolerance(dtype, weights),
  sprinkled: ["x", "norm"],
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
        title: "ints",
        run: () => scope(() => void projections(make([1, 32], "i32"), [weight()])),
        error: DTypeError,
        mentions: ["projections", "i32"],
      },
    ];
  },
};
