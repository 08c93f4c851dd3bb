import { usualFill, type Argument } from "../../draws/argument.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import { composeResidualProjection, residualProjection } from "../../../ops/fused/residual-projection.ts";
import { scope } from "../../../scope.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { along, at, expected } from "../../tensor-values.ts";
import {
  biasOf,
  normedRows,
  plus,
  projectionInputs,
  projectionKinds,
  type ProjectionDraw,
} from "../../draws/projection-arguments.ts";
import { rowsOf } from "../../draws/product-rows.ts";
import { placeWeights, productTolerance, weightValues, type WeightDraw } from "../../draws/product-weights.ts";
import { smallMatrix } from "../../draws/quant-weights.ts";
import { roundedProduct } from "../../formulas/rounded-products.ts";

interface Params {
  readonly weight: WeightDraw;
  readonly scale: number;
}

const call = (draw: ProjectionDraw): Call<"residualProjection", Params> => {
  const { weight, layouts, seed } = draw;
  const { x } = projectionInputs({ ...draw, norm: null });
  const shape = [...x.shape.slice(0, -1), weight.rows];
  const residual: Argument = { dtype: "f32", shape, layout: layouts[1], fill: usualFill("f32", seed + 1) };
  const bias = biasOf(draw, weight.rows, layouts[2]);
  return { inputs: { x, residual, ...(bias && { bias }) }, params: { weight, scale: seed % 3 ? 1 : 0.25 } };
};

/** out = residual + scale·(x·weightᵀ + bias); the variant is the format of weight */
export const residualProjectionCase: ConformanceCase<"residualProjection", Params> = {
  op: "residualProjection",
  ...projectionKinds(call),
  run: (backend, { x, residual, ...bias }, { weight, scale }) =>
    scope(() => residualProjection(x, placeWeights(backend, weight), residual, { ...bias, scale })),
  compose: ({ x, residual, ...bias }, { weight, scale }) =>
    scope(() => composeResidualProjection(x, placeWeights(x.backend, weight), residual, { ...bias, scale })),
  oracle: ({ inputs: { x, residual, bias }, params: { weight, scale } }) => {
    const rowOf = normedRows(x, undefined, null);
    const w = weightValues(weight);
    return expected(x.dtype, residual.shape, (index) => {
      const n = along(index, -1);
      const [total, size] = plus(roundedProduct(rowOf(index), w, n), bias && at(bias, n));
      return plus([scale * total, scale * size], at(residual, ...index));
    });
  },
  tolerance: ({ dtype }, { params: { weight } }) => productTolerance(dtype, [weight]),
  sprinkled: ["x", "residual", "bias"],
  rows: (call) => rowsOf(call, "residual"),
  misuses: ({ backend, make }) => {
    const weight = () => smallMatrix(backend);
    return [
      {
        title: "inner lengths",
        run: () => scope(() => residualProjection(make([2, 31]), weight(), make([2, 5]))),
        error: ShapeError,
        mentions: ["residualProjection", "[2, 31]", "[5, 32]"],
      },
      {
        title: "residual",
        run: () => scope(() => residualProjection(make([2, 32]), weight(), make([2, 4]))),
        error: ShapeError,
        mentions: ["residualProjection", "residual", "[2, 4]", "[2, 5]"],
      },
      {
        title: "bias length",
        run: () => scope(() => residualProjection(make([2, 32]), weight(), make([2, 5]), { bias: make([4]) })),
        error: ShapeError,
        mentions: ["residualProjection", "bias", "[4]", "[5]"],
      },
      {
        title: "scale",
        run: () => scope(() => residualProjection(make([2, 32]), weight(), make([2, 5]), { scale: NaN })),
        error: ArgumentError,
        mentions: ["residualProjection", "scale is NaN"],
      },
      {
        title: "dtypes",
        run: () => scope(() => residualProjection(make([2, 32]), weight(), make([2, 5], "bf16"))),
        error: DTypeError,
        mentions: ["residualProjection", "f32", "bf16"],
      },
    ];
  },
};
