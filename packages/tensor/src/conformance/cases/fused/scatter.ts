import { drawnValues, smallIntegers, usualFill, type Argument, type Fill } from "../../draws/argument.ts";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import { sameShape } from "../../../layout.ts";
import { takeAlongAxis } from "../../../ops/composed/take-along-axis.ts";
import { argsort } from "../../../ops/fused/argsort.ts";
import { composeScatter, indexAdd, scatter, scatterAdd } from "../../../ops/fused/scatter.ts";
import { fromStart } from "../../../ops/indices.ts";
import { narrow, transpose } from "../../../ops/view.ts";
import { tensor, type Tensor } from "../../../tensor.ts";
import type { Call, CallKind, ConformanceCase, Property } from "../../case.ts";
import { expectSame } from "../../compare.ts";
import { elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { along, countOf, expected, flatIndex, indexAt, sliceOf, type TensorValues } from "../../tensor-values.ts";
import { download, uploadDense } from "../../draws/memory-layout.ts";
import { session } from "../../session.ts";
import { isNotHuge } from "../../draws/special-elements.ts";

interface ScatterCall {
  readonly axis: number;
}

const call = (draw: ElementwiseDraw, { dtype, values }: CallKind): Call<"scatter", ScatterCall> => {
  const { shape, layouts, seed } = draw;
  const axis = seed % 2 === 0 ? -1 : (seed % (2 * shape.length)) - shape.length;
  const at = axis < 0 ? axis + shape.length : axis;
  const R = 1 + (seed % 11);
  // Now and then x is longer than the indices on the other axes, and source on all.
  const more = (n: number, rarely: number): number => (seed % rarely === 0 ? n + 1 : n);
  const fill = (salt: number): Fill => (values === "integers" ? smallIntegers : usualFill)(dtype, seed + salt);
  return {
    inputs: {
      x: { dtype, shape: shape.map((n, k) => (k === at ? R : more(n, 3))), layout: layouts[0], fill: fill(0) },
      indices: {
        ...{ dtype: "i32", shape, layout: layouts[1] },
        fill: { kind: "integers", low: -R, high: R - 1, seed },
      },
      source: { dtype, shape: shape.map((n) => more(n, 5)), layout: layouts[2], fill: fill(1) },
    },
    params: { axis },
  };
};

const scatteredAxis = (x: TensorValues, axis: number): number => (axis < 0 ? axis + x.shape.length : axis);

const permutation: Property<ElementwiseDraw> = {
  title: "scattering to the positions that sort undoes the lookup",
  draws: elementwiseDraws(1, 1),
  holds: (backend, { shape, layouts, seed }) =>
    session(async (s) => {
      const x: Argument = { dtype: "f32", shape, layout: layouts[0], fill: usualFill("f32", seed) };
      const host = drawnValues(x);
      const back = s.run(() => {
        const original = uploadDense(backend, host);
        const order = argsort(original);
        return scatter(original, order, takeAlongAxis(original, order), -1);
      });
      expectSame("scattered back", await download(back), host);
    }),
};

const run: Readonly<Record<string, (x: Tensor, indices: Tensor, source: Tensor, axis: number) => Tensor>> = {
  set: scatter,
  add: scatterAdd,
};

/** out = x with elements of one axis replaced or added to; the variant is which */
export const scatterCase: ConformanceCase<"scatter", ScatterCall> = {
  op: "scatter",
  dtypes: dtypeNames,
  variants: (dtype) => (dtype === "bool" ? ["set"] : ["set", "add"]),
  elementwise: false,
  calls: (kind) => elementwiseDraws(3, 1).map((draw) => call(draw, kind)),
  examples: (kind) => elementwiseExamples(3, 1).map((draw) => call(draw, kind)),
  run: (_, { x, indices, source }, { axis }, { variant }) => run[variant](x, indices, source, axis),
  compose: ({ x, indices, source }, { axis }, { variant }) => {
    const R = along(x.shape, axis);
    const covered = indices.shape.with(axis < 0 ? axis + x.rank : axis, R);
    // The definition is of what lies under the indices; where x is longer, the op keeps the rest.
    if (!sameShape(covered, x.shape)) return run[variant](x, indices, source, axis);
    const last = (t: Tensor): Tensor => transpose(t, axis, -1);
    const under = indices.shape.reduce((part, n, k) => narrow(part, k, 0, n), source);
    return last(composeScatter(last(x), last(fromStart(indices, R)), last(under), variant === "add"));
  },
  oracle: ({ inputs: { x, indices, source }, params }, { dtype, variant }) => {
    const axis = scatteredAxis(x, params.axis);
    const data = [...x.data];
    const magnitude = data.map(Math.abs);
    for (let flat = 0; flat < countOf(indices.shape); flat++) {
      const index = indexAt(indices.shape, flat);
      const at = indices.data[flat];
      const to = flatIndex(x.shape, index.with(axis, at < 0 ? at + x.shape[axis] : at));
      const value = source.data[flatIndex(source.shape, index)];
      data[to] = variant === "add" ? data[to] + value : value;
      magnitude[to] = variant === "add" ? magnitude[to] + Math.abs(value) : Math.abs(value);
    }
    return expected(dtype, x.shape, (_, flat) => [data[flat], magnitude[flat]]);
  },
  tolerance: ({ dtype, variant }, { inputs: { indices }, params }) => {
    if (variant === "set" || !isFloat(dtype))
      return { kind: "exact", signedZero: false, reason: "elements are copied, sums wrap" };
    const terms = 1 + along(indices.shape, params.axis);
    return { kind: "relative", factor: 2, terms, intermediate: "f32", reason: "sums in f32, any order" };
  },
  exactOnIntegers: ({ variant, dtype }) => variant === "add" && dtype !== "f16" && dtype !== "bf16",
  sprinkled: ["x", "source"],
  sprinkledFollow: isNotHuge,
  rows: ({ inputs: { x, indices, source }, params }) => {
    const scattered = scatteredAxis(x, params.axis);
    const axis = scattered === 0 ? 1 : 0;
    return Array.from({ length: indices.shape[axis] ?? 0 }, (_, i) => ({
      title: `entry ${i} of axis ${axis}`,
      call: {
        inputs: { x: sliceOf(x, axis, i), indices: sliceOf(indices, axis, i), source: sliceOf(source, axis, i) },
        params: { axis: scattered },
      },
      of: (result) => sliceOf(result, axis, i),
    }));
  },
  misuses: ({ backend, make }) => {
    const indices = (...values: readonly number[]): Tensor => tensor(backend, [...values], { dtype: "i32" });
    const one = (dtype: DType = "f32"): Tensor => make([1], dtype);
    return [
      {
        title: "index past the end",
        run: () => scatter(make([3]), indices(3), one(), 0),
        error: ArgumentError,
        mentions: ["scatter", "index 3", "3)"],
      },
      {
        title: "index past the end behind a good one",
        run: () => scatter(make([3]), indices(0, 3), make([2]), 0),
        error: ArgumentError,
        mentions: ["scatter", "index 3", "3)"],
      },
      {
        title: "index before the start",
        run: () => scatter(make([3]), indices(-4), one(), 0),
        error: ArgumentError,
        mentions: ["scatter", "3)"],
      },
      {
        title: "index dtype",
        run: () => scatter(make([3]), one(), one(), 0),
        error: DTypeError,
        mentions: ["scatter", "f32", "i32"],
      },
      {
        title: "dtypes",
        run: () => scatter(make([3]), indices(0), one("i32"), 0),
        error: DTypeError,
        mentions: ["scatter", "f32", "i32"],
      },
      {
        title: "bools added",
        run: () => scatterAdd(make([3], "bool"), indices(0), one("bool"), 0),
        error: DTypeError,
        mentions: ["scatterAdd", "bool", "cast()"],
      },
      {
        title: "ranks",
        run: () => scatter(make([3, 2]), indices(0), one(), 0),
        error: ShapeError,
        mentions: ["scatter", "[3, 2]", "[1]"],
      },
      {
        title: "indices longer than source",
        run: () => scatter(make([3]), indices(0, 1), one(), 0),
        error: ShapeError,
        mentions: ["scatter", "[2]", "[3]", "[1]"],
      },
      {
        title: "axis",
        run: () => scatter(make([3]), indices(0), one(), 1),
        error: ShapeError,
        mentions: ["scatter", "axis 1", "rank 1"],
      },
      {
        title: "entries of another shape",
        run: () => indexAdd(make([3, 2]), indices(0), make([1, 3]), 0),
        error: ShapeError,
        mentions: ["indexAdd", "[3, 2]", "[1, 3]"],
      },
    ];
  },
  properties: [permutation],
};
