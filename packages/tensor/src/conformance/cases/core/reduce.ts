import { given, smallIntegers, usualFill, type Argument } from "../../draws/argument.ts";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import type { ReduceOp } from "../../../contract/kernels.ts";
import { argmax, max, sum, type ReduceOptions } from "../../../ops/reduce.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, CallKind, ConformanceCase } from "../../case.ts";
import { elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { along, at, expected, sliceOf, type TensorValues } from "../../tensor-values.ts";
import { specialValues } from "../../formulas/number-format.ts";
import { longLength } from "../../draws/shapes.ts";
import { isNotHuge } from "../../draws/special-elements.ts";

interface ReduceCall {
  readonly axis: number;
  readonly keepDims: boolean;
}

const run: { readonly [K in ReduceOp]: (x: Tensor, axis: number, options: ReduceOptions) => Tensor } = {
  sum,
  max,
  argmax,
};

/** Result and magnitude of one reduced run of values. */
const formulas: { readonly [K in ReduceOp]: (values: readonly number[]) => readonly [number, number] } = {
  sum: (values) => [values.reduce((a, b) => a + b, 0), values.reduce((a, b) => a + Math.abs(b), 0)],
  max: (values) => {
    const top = values.some(Number.isNaN) ? NaN : values.reduce((a, b) => (b > a ? b : a));
    return [top, Math.abs(top)];
  },
  argmax: (values) => {
    const firstNaN = values.findIndex(Number.isNaN);
    const first = firstNaN >= 0 ? firstNaN : values.findIndex((value) => values.every((other) => other <= value));
    return [first, first];
  },
};

const call = (draw: ElementwiseDraw, { dtype, variant, values }: CallKind): Call<"reduce", ReduceCall> => {
  const { seed } = draw;
  // Ties for argmax and max in every second draw.
  const fill =
    values === "integers" || (variant !== "sum" && seed % 2 === 0)
      ? smallIntegers(dtype, seed)
      : usualFill(dtype, seed);
  // An empty axis has no maximum.
  const shape = variant === "sum" ? draw.shape : draw.shape.map((n) => Math.max(n, 1));
  const axis = (seed % (2 * shape.length)) - shape.length;
  return {
    inputs: { x: { dtype, shape, layout: draw.layouts[0], fill } },
    params: { axis, keepDims: seed % 3 === 0 },
  };
};

/** Ascending values: the maximum is the last. */
const ramp = (dtype: DType, shape: readonly number[]): Argument => ({
  ...given(dtype, shape, [0]),
  fill: { kind: "ramp", from: 0, step: 1 },
});

/** A NaN, where there is one, far behind the first element. */
const lastIsNaN = (dtype: DType): readonly number[] =>
  Array.from({ length: longLength }, (_, i) => (isFloat(dtype) && i === longLength - 1 ? NaN : i % 7));

const reducedAxis = (x: TensorValues, axis: number): number => (axis < 0 ? axis + x.shape.length : axis);

/** out = sum, max or argmax of x along one axis; the variant is which */
export const reduceCase: ConformanceCase<"reduce", ReduceCall> = {
  op: "reduce",
  dtypes: dtypeNames.filter((dtype) => dtype !== "bool"),
  variants: () => Object.keys(run),
  elementwise: false,
  calls: (kind) => elementwiseDraws(1, 1).map((draw) => call(draw, kind)),
  examples: (kind) => elementwiseExamples(1, 1).map((draw) => call({ ...draw, seed: draw.seed * 2 + 1 }, kind)),
  specials: ({ dtype }) => {
    const values = specialValues(dtype);
    const n = values.length;
    // Every pair of values as a run of two; one run of all; one without NaN.
    const pairs = values.flatMap((a) => values.flatMap((b) => [a, b]));
    return [
      { inputs: { x: given(dtype, [n * n, 2], pairs) }, params: { axis: 1, keepDims: false } },
      { inputs: { x: given(dtype, [n], values) }, params: { axis: 0, keepDims: true } },
      { inputs: { x: given(dtype, [4], [-3, 2, 2, 1].map(Math.abs)) }, params: { axis: -1, keepDims: false } },
      { inputs: { x: ramp(dtype, [longLength]) }, params: { axis: 0, keepDims: false } },
      { inputs: { x: ramp(dtype, [longLength, 2]) }, params: { axis: 1, keepDims: false } },
      { inputs: { x: given(dtype, [longLength], lastIsNaN(dtype)) }, params: { axis: 0, keepDims: false } },
    ];
  },
  run: (_, { x }, { axis, keepDims }, { variant }) => run[variant as ReduceOp](x, axis, { keepDims }),
  oracle: ({ inputs: { x }, params: { axis, keepDims } }, { dtype, variant }) => {
    const reduced = reducedAxis(x, axis);
    const kept = x.shape.map((n, k) => (k === reduced ? 1 : n));
    const shape = keepDims ? kept : kept.filter((_, k) => k !== reduced);
    return expected(variant === "argmax" ? "i32" : dtype, shape, (index) => {
      const full = keepDims ? [...index] : [...index.slice(0, reduced), 0, ...index.slice(reduced)];
      const values = Array.from({ length: x.shape[reduced] }, (_, i) => at(x, ...full.with(reduced, i)));
      return formulas[variant as ReduceOp](values);
    });
  },
  tolerance: ({ dtype, variant }, { inputs: { x }, params }) => {
    if (variant !== "sum" || !isFloat(dtype))
      return { kind: "exact", signedZero: false, reason: "one of the elements, an index, or a wrapping sum" };
    const terms = along(x.shape, params.axis);
    return { kind: "relative", factor: 2, terms, intermediate: "f32", reason: "a sum in f32, any order" };
  },
  exactOnIntegers: () => true,
  sprinkled: ["x"],
  sprinkledFollow: isNotHuge,
  rows: ({ inputs: { x }, params }) => {
    const reduced = reducedAxis(x, params.axis);
    const axis = reduced === 0 ? 1 : 0;
    const outAxis = params.keepDims ? axis : axis > reduced ? axis - 1 : axis;
    return Array.from({ length: x.shape[axis] ?? 0 }, (_, i) => ({
      title: `entry ${i} of axis ${axis}`,
      call: { inputs: { x: sliceOf(x, axis, i) }, params: { ...params, axis: reduced } },
      of: (result) => sliceOf(result, outAxis, i),
    }));
  },
  misuses: ({ make }) => [
    { title: "axis", run: () => sum(make([2, 3]), 2), error: ShapeError, mentions: ["sum", "axis 2", "rank 2"] },
    { title: "empty max", run: () => max(make([2, 0]), 1), error: ShapeError, mentions: ["max", "[2, 0]"] },
    { title: "empty argmax", run: () => argmax(make([0]), 0), error: ShapeError, mentions: ["argmax", "[0]"] },
    { title: "bool", run: () => sum(make([2], "bool"), 0), error: DTypeError, mentions: ["sum", "bool"] },
  ],
};
