import fc from "fast-check";
import type { NormWeightMode } from "../../contract/kernels.ts";
import type { NormBefore } from "../../ops/fused/norm-before.ts";
import type { Tensor } from "../../tensor.ts";
import { usualFill, type Argument } from "./argument.ts";
import { along, at, expected, flatIndex, perRow, type Expected, type TensorValues } from "../tensor-values.ts";
import type { Call, CaseOp, ConformanceCase } from "../case.ts";
import type { LayoutDraw } from "./memory-layout.ts";
import { leads, leadShape, type Lead } from "./product-rows.ts";
import {
  columnsOf,
  perBlock,
  weightDraws,
  weightFormats,
  type WeightDraw,
  type WeightFormat,
} from "./product-weights.ts";
import { roundedRow, type RoundedRow } from "../formulas/rounded-products.ts";
import { laneLength, laneLengths, layouts, seeds } from "./shapes.ts";
import { leavesScales } from "./special-elements.ts";

/** A product of x with weights inside a decoder block, as data. */
export interface ProjectionDraw {
  readonly weight: WeightDraw;
  readonly M: number;
  readonly lead: Lead;
  /** How a norm before the product applies its weight; null = no norm. */
  readonly norm: NormWeightMode | null;
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}

const modes: readonly (NormWeightMode | null)[] = [null, "f32-mul", "cast-then-mul", "one-plus"];
const EPS = 1e-5;

/** Of x, of what stands before or behind the product, and of two biases. */
const LAYOUTS = 4;

function projectionDraws(format: WeightFormat): fc.Arbitrary<ProjectionDraw> {
  return fc.record({
    weight: weightDraws(format),
    M: fc.oneof(fc.nat({ max: 6 }), laneLength),
    lead: fc.constantFrom(...leads),
    norm: fc.constantFrom(...modes),
    layouts: fc.array(layouts, { minLength: LAYOUTS, maxLength: LAYOUTS }),
    seed: seeds,
  });
}

/** Every lane length as the number of rows of x and of the weights. */
function projectionExamples(format: WeightFormat): ProjectionDraw[] {
  const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };
  return laneLengths.flatMap((n) => {
    const weight: WeightDraw = {
      ...{ format, firstRow: (n % 3) * 4, rowsAfter: n % 2, scales: "usual", seed: n },
      ...{ rows: 5, blocks: 1 + (n % 2) },
    };
    const plain = new Array<LayoutDraw>(LAYOUTS).fill(contiguous);
    const draw = { lead: "rows", norm: modes[n % 4], layouts: plain, seed: n } as const;
    return [
      { ...draw, weight, M: n },
      { ...draw, weight: { ...weight, rows: n }, M: 3 },
    ];
  });
}

/** A format that rounds activations to another number of bits, where a backend does so. */
export const otherFormat = (format: WeightFormat): WeightFormat => (format === "q8_0" ? "q4_0" : "q8_0");

/** A second matrix for the same x: other rows, and another format of as many columns where `format` says so. */
export function sibling(draw: WeightDraw, rows: number, format: WeightFormat = draw.format): WeightDraw {
  const blocks = columnsOf(draw) / perBlock(format);
  return { ...draw, format, blocks, rows, seed: draw.seed + rows + 1 };
}

/** x `[..., K]`, and the norm's weight. */
export function projectionInputs(draw: ProjectionDraw): { x: Argument; norm?: Argument } {
  const { weight, M, lead, norm, seed } = draw;
  const K = columnsOf(weight);
  const shape = leadShape(lead, M, K);
  const x: Argument = { dtype: "f32", shape, layout: draw.layouts[0], fill: usualFill("f32", seed) };
  if (norm === null) return { x };
  const stored = storedAs(seed);
  const layout = draw.layouts[1];
  return { x, norm: { dtype: stored, shape: [K], layout, fill: usualFill(stored, seed + 1) } };
}

/** A stream that x is added to behind a norm. */
export function streamInputs({ weight, M, lead, layouts, seed }: ProjectionDraw): {
  residual: Argument;
  ontoNorm: Argument;
} {
  const K = columnsOf(weight);
  const stored = storedAs(seed);
  return {
    residual: { dtype: "f32", shape: leadShape(lead, M, K), layout: layouts[2], fill: usualFill("f32", seed + 7) },
    ontoNorm: { dtype: stored, shape: [K], layout: layouts[3], fill: usualFill(stored, seed + 8) },
  };
}

/** Its norm: `one-plus` beside weights in f32. */
export const ontoNormOf = (weight: Tensor | TensorValues): Pick<NormBefore, "eps" | "weightMode"> => ({
  eps: EPS,
  weightMode: weight.dtype === "f32" ? "one-plus" : "f32-mul",
});

/**
 * A bias `[N]`: beside one of the norms, and now and then without a norm. It is stored as the norm is, so that kernels of few
 * texts are made, each of which takes a GPU time.
 */
export function biasOf({ norm, seed }: ProjectionDraw, N: number, layout: LayoutDraw): Argument | undefined {
  if (norm === null ? seed % 2 === 0 : norm !== "cast-then-mul") return undefined;
  const stored = storedAs(seed);
  return { dtype: stored, shape: [N], layout, fill: usualFill(stored, seed + N + 2) };
}

const storedAs = (seed: number): "f32" | "bf16" | "f16" => (["f32", "bf16", "f16"] as const)[seed % 3];

/** A product and its size with a bias added. */
export const plus = ([value, size]: [number, number], bias = 0): [number, number] => [
  value + bias,
  size + Math.abs(bias),
];

export function normBefore(weight: Tensor | undefined, mode: NormWeightMode | null): NormBefore | undefined {
  return weight && { weight, eps: EPS, ...(mode && { weightMode: mode }) };
}

/** Rows of x by the index of any of their elements, normed where there is a norm. */
export function normedRows(
  x: TensorValues,
  norm: TensorValues | undefined,
  mode: NormWeightMode | null,
): (index: readonly number[]) => RoundedRow {
  const K = x.shape[x.shape.length - 1];
  return perRow(x.shape.length - 1, (index) => {
    const start = flatIndex(x.shape, index.with(-1, 0));
    const row = x.data.slice(start, start + K);
    if (!norm) return roundedRow(row);
    const scale = 1 / Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / K + EPS);
    return roundedRow(row.map((value, k) => value * scale * (at(norm, k) + (mode === "one-plus" ? 1 : 0))));
  });
}

/** What the cases of products inside a decoder block have in common: they vary by the format of their first weights. */
export function projectionKinds<K extends CaseOp, P>(
  call: (draw: ProjectionDraw) => Call<K, P>,
): Pick<ConformanceCase<K, P>, "dtypes" | "variants" | "elementwise" | "calls" | "examples" | "sprinkledFollow"> {
  return {
    ...{ dtypes: ["f32"], variants: () => weightFormats, elementwise: false, sprinkledFollow: leavesScales },
    calls: ({ variant }) => projectionDraws(variant as WeightFormat).map(call),
    examples: ({ variant }) => projectionExamples(variant as WeightFormat).map(call),
  };
}

/** `residual + rmsNorm(x)`; `magnitude` is the size of both. */
export function streamValues(x: TensorValues, residual: TensorValues, ontoNorm: TensorValues): Expected {
  const rowOf = normedRows(x, ontoNorm, ontoNormOf(ontoNorm).weightMode ?? null);
  return expected(x.dtype, x.shape, (index, flat) => {
    const normed = rowOf(index).row[along(index, -1)];
    return [residual.data[flat] + normed, Math.abs(residual.data[flat]) + Math.abs(normed)];
  });
}
