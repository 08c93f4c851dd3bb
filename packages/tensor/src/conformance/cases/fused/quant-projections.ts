import type { Backend } from "../../../contract/backend.ts";
import type { QuantFormatName } from "../../../contract/operand.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import type { NormWeightMode } from "../../../contract/kernels.ts";
import {
  composeQuantProjections,
  quantProjections,
  type ProjectionWeights,
} from "../../../ops/fused/quant-projections.ts";
import { scope } from "../../../scope.ts";
import { quantFormatNames } from "../../../quant/formats/index.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { along, expected } from "../../tensor-values.ts";
import {
  normBefore,
  normedRows,
  otherFormat,
  projectionDraws,
  projectionExamples,
  projectionInputs,
  sibling,
  type ProjectionDraw,
} from "../../draws/projection-arguments.ts";
import { rowsOf } from "../../draws/product-rows.ts";
import { placeQuant, quantValues, smallMatrix, type QuantDraw } from "../../draws/quant-weights.ts";
import { roundedProduct, roundingTolerance } from "../../formulas/rounded-products.ts";
import { leavesScales } from "../../draws/special-elements.ts";

interface Params {
  readonly weights: readonly [QuantDraw, ...QuantDraw[]];
  readonly mode: NormWeightMode | null;
}

/** One to three weights; the third is of another format now and then, as in files that mix them. */
const call = (draw: ProjectionDraw): Call<"quantProjections", Params> => {
  const { weight, norm, seed } = draw;
  const others = [
    sibling(weight, 1 + (seed % 11)),
    sibling(weight, 8, seed % 2 ? weight.format : otherFormat(weight.format)),
  ];
  return {
    inputs: projectionInputs(draw),
    params: { weights: [weight, ...others.slice(0, seed % 3)], mode: norm },
  };
};

const place = (backend: Backend, weights: readonly QuantDraw[]): ProjectionWeights =>
  weights.map((weight) => placeQuant(backend, weight)) as unknown as ProjectionWeights;

/** out = [n·w₁ᵀ, n·w₂ᵀ, …], n = x or its rmsNorm; the variant is the format of the first weight */
export const quantProjectionsCase: ConformanceCase<"quantProjections", Params> = {
  op: "quantProjections",
  dtypes: ["f32"],
  variants: () => quantFormatNames,
  elementwise: false,
  calls: ({ variant }) => projectionDraws(variant as QuantFormatName).map(call),
  examples: ({ variant }) => projectionExamples(variant as QuantFormatName).map(call),
  run: (backend, { x, norm }, { weights, mode }) =>
    scope(() => quantProjections(x, place(backend, weights), normBefore(norm, mode))),
  compose: ({ x, norm }, { weights, mode }) =>
    scope(() => composeQuantProjections(x, place(x.backend, weights), normBefore(norm, mode))),
  oracle: ({ inputs: { x, norm }, params: { weights, mode } }) => {
    const rowOf = normedRows(x, norm, mode);
    const columns = weights.flatMap((draw) => {
      const w = quantValues(draw);
      return Array.from({ length: draw.rows }, (_, n) => ({ w, n }));
    });
    return expected(x.dtype, [...x.shape.slice(0, -1), columns.length], (index) => {
      const { w, n } = columns[along(index, -1)];
      return roundedProduct(rowOf(index), w, n);
    });
  },
  // Rounded as the coarsest of the formats deserves.
  tolerance: ({ dtype }, { params: { weights } }) =>
    roundingTolerance(dtype, weights.every(({ format }) => format === "q8_0") ? "q8_0" : "q4_0"),
  sprinkled: ["x", "norm"],
  sprinkledFollow: leavesScales,
  rows: (call) => rowsOf(call),
  misuses: ({ backend, make }) => {
    const weight = () => smallMatrix(backend);
    return [
      {
        title: "inner lengths",
        run: () => scope(() => quantProjections(make([2, 31]), [weight()])),
        error: ShapeError,
        mentions: ["quantProjections", "[2, 31]", "[5, 32]"],
      },
      {
        title: "norm length",
        run: () => scope(() => quantProjections(make([2, 32]), [weight()], { weight: make([31]), eps: 1 })),
        error: ShapeError,
        mentions: ["quantProjections", "norm", "[31]", "[32]"],
      },
      {
        title: "eps 0",
        run: () => scope(() => quantProjections(make([2, 32]), [weight()], { weight: make([32]), eps: 0 })),
        error: ArgumentError,
        mentions: ["quantProjections", "eps is 0"],
      },
      {
        title: "ints",
        run: () => scope(() => quantProjections(make([1, 32], "i32"), [weight()])),
        error: DTypeError,
        mentions: ["quantProjections", "i32"],
      },
    ];
  },
};
