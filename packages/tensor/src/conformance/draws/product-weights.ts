import type fc from "fast-check";
import type { Backend } from "../../contract/backend.ts";
import type { QuantFormatName } from "../../contract/operand.ts";
import type { DType } from "../../dtypes/dtype.ts";
import { isQuantFormat, quantFormatNames } from "../../quant/formats/index.ts";
import { Rng } from "../../rng.ts";
import { scope } from "../../scope.ts";
import { tensor } from "../../tensor.ts";
import { narrow } from "../../ops/view.ts";
import type { Weights } from "../../ops/weights.ts";
import type { Tolerance } from "../compare.ts";
import { expected, type Expected } from "../tensor-values.ts";
import { roundTo } from "../formulas/number-format.ts";
import { blockFormulas } from "../formulas/quant-formulas.ts";
import { roundingTolerance } from "../formulas/rounded-products.ts";
import { columnsOf as blockColumns, placeQuant, quantDraws, quantValues, type QuantDraw } from "./quant-weights.ts";

type FloatName = Extract<DType, "f32" | "f16" | "bf16">;

/** A block format, or a dtype of floats. */
export type WeightFormat = QuantFormatName | FloatName;

export const weightFormats: readonly WeightFormat[] = [...quantFormatNames, "f32", "f16", "bf16"];

/** Weights of a product as data; a block of floats has 32. */
export type WeightDraw = Omit<QuantDraw, "format"> & { readonly format: WeightFormat };

const isBlocks = (draw: WeightDraw): draw is QuantDraw => isQuantFormat(draw.format);

export const weightDraws = (format: WeightFormat): fc.Arbitrary<WeightDraw> =>
  isQuantFormat(format) ? quantDraws(format) : quantDraws("q8_0").map((draw) => ({ ...draw, format }));

/** Weights of a block. */
export const perBlock = (format: WeightFormat): number => (isQuantFormat(format) ? blockFormulas[format].weights : 32);

export const columnsOf = (draw: WeightDraw): number => (isBlocks(draw) ? blockColumns(draw) : 32 * draw.blocks);

const known = new WeakMap<WeightDraw, Float64Array>();

/** All stored weights of a draw of floats. */
function storedFloats(draw: WeightDraw): Float64Array {
  let values = known.get(draw);
  if (!values) {
    const rng = new Rng(draw.seed);
    const length = (draw.firstRow + draw.rows + draw.rowsAfter) * columnsOf(draw);
    values = Float64Array.from({ length }, () => roundTo(draw.format as FloatName, 2 * rng.uniform() - 1));
    known.set(draw, values);
  }
  return values;
}

/** The weights `[rows, columns]`, as they are defined. */
export function weightValues(draw: WeightDraw): Expected {
  if (isBlocks(draw)) return quantValues(draw);
  const columns = columnsOf(draw);
  const stored = storedFloats(draw);
  return expected("f32", [draw.rows, columns], ([row, column]) => stored[(draw.firstRow + row) * columns + column]);
}

/** The weights on a backend: some rows of what is stored. */
export function placeWeights(backend: Backend, draw: WeightDraw): Weights {
  if (isBlocks(draw)) return placeQuant(backend, draw);
  const stored = storedFloats(draw);
  const columns = columnsOf(draw);
  const shape = [stored.length / columns, columns];
  return scope(() =>
    narrow(
      tensor(backend, Float32Array.from(stored), { shape, dtype: draw.format as FloatName }),
      0,
      draw.firstRow,
      draw.rows,
    ),
  );
}

/**
 * As the coarsest of the weights deserve. In floats nothing is rounded but sums: their errors are below √K·2⁻²⁴ of the magnitude,
 * which is that of a sum of squares.
 */
export function productTolerance(dtype: DType, weights: readonly WeightDraw[], extra = 0): Tolerance {
  const blocks = weights.filter(isBlocks);
  if (blocks.length > 0 || dtype !== "f32")
    return roundingTolerance(dtype, blocks.every(({ format }) => format === "q8_0") ? "q8_0" : "q4_0", extra);
  return { kind: "relative", factor: 64, terms: 1, intermediate: "f32", reason: "sums in f32, in any order" };
}
