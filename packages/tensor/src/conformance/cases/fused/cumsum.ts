import { given, drawnValues, smallIntegers, usualFill } from "../../draws/argument.ts";
import { dtypeNames, isFloat } from "../../../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { sub } from "../../../ops/binary.ts";
import { concat } from "../../../ops/compose.ts";
import { composeCumsum, cumsum } from "../../../ops/fused/cumsum.ts";
import { narrow, transpose } from "../../../ops/view.ts";
import type { Call, CallKind, ConformanceCase, Property } from "../../case.ts";
import { expectSame } from "../../compare.ts";
import { elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { along, at, expected, sliceOf, type TensorValues } from "../../tensor-values.ts";
import { download, uploadDense } from "../../draws/memory-layout.ts";
import { specialValues } from "../../formulas/number-format.ts";
import { session } from "../../session.ts";
import { isNotHuge } from "../../draws/special-elements.ts";

interface CumsumCall {
  readonly axis: number;
}

const call = ({ shape, layouts, seed }: ElementwiseDraw, { dtype, values }: CallKind): Call<"cumsum", CumsumCall> => {
  const fill = values === "integers" ? smallIntegers(dtype, seed) : usualFill(dtype, seed);
  // The last axis in every second draw.
  const axis = seed % 2 === 0 ? -1 : (seed % (2 * shape.length)) - shape.length;
  return { inputs: { x: { dtype, shape, layout: layouts[0], fill } }, params: { axis } };
};

const summedAxis = (x: TensorValues, axis: number): number => (axis < 0 ? axis + x.shape.length : axis);

const differences: Property<ElementwiseDraw> = {
  title: "the differences of running sums are the elements, on whole numbers bit for bit",
  draws: elementwiseDraws(1, 1),
  holds: (backend, draw) =>
    session(async (s) => {
      const shape = draw.shape.map((n) => Math.max(n, 1));
      const { x } = call({ ...draw, shape }, { dtype: "f32", variant: "", values: "integers" }).inputs;
      const host = drawnValues(x);
      const got = s.run(() => {
        const sums = cumsum(uploadDense(backend, host), -1);
        const n = along(shape, -1);
        return concat([narrow(sums, -1, 0, 1), sub(narrow(sums, -1, 1, n - 1), narrow(sums, -1, 0, n - 1))], -1);
      });
      expectSame("differences", await download(got), host);
    }),
};

/** out[r] = x[0] + … + x[r] along one axis */
export const cumsumCase: ConformanceCase<"cumsum", CumsumCall> = {
  op: "cumsum",
  dtypes: dtypeNames.filter((dtype) => dtype !== "bool"),
  variants: () => [""],
  elementwise: false,
  calls: (kind) => elementwiseDraws(1, 1).map((draw) => call(draw, kind)),
  examples: (kind) => elementwiseExamples(1, 1).map((draw) => call(draw, kind)),
  specials: ({ dtype }) => {
    const usual = specialValues(dtype).filter(isNotHuge);
    const rows = isFloat(dtype) ? [usual, [1, Infinity, 2, -Infinity, 3], [1, NaN, 2], [-0, -0, 0, -0]] : [usual];
    return rows.map((values) => ({ inputs: { x: given(dtype, [values.length], values) }, params: { axis: 0 } }));
  },
  run: (_, { x }, { axis }) => cumsum(x, axis),
  compose: ({ x }, { axis }) => transpose(composeCumsum(transpose(x, axis, -1)), axis, -1),
  oracle: ({ inputs: { x }, params }, { dtype }) => {
    const axis = summedAxis(x, params.axis);
    return expected(dtype, x.shape, (index) => {
      let [total, size] = [0, 0];
      for (let r = 0; r <= index[axis]; r++) {
        const value = at(x, ...index.with(axis, r));
        total += value;
        size += Math.abs(value);
      }
      return [total, size];
    });
  },
  tolerance: ({ dtype }, { inputs: { x }, params }) => {
    if (!isFloat(dtype)) return { kind: "exact", reason: "sums wrap" };
    const terms = along(x.shape, params.axis);
    return { kind: "relative", factor: 2, terms, intermediate: "f32", reason: "sums in f32, any order" };
  },
  exactOnIntegers: ({ dtype }) => dtype !== "f16" && dtype !== "bf16",
  sprinkled: ["x"],
  sprinkledFollow: isNotHuge,
  rows: ({ inputs: { x }, params }) => {
    const summed = summedAxis(x, params.axis);
    const axis = summed === 0 ? 1 : 0;
    return Array.from({ length: x.shape[axis] ?? 0 }, (_, i) => ({
      title: `entry ${i} of axis ${axis}`,
      call: { inputs: { x: sliceOf(x, axis, i) }, params: { axis: summed } },
      of: (result) => sliceOf(result, axis, i),
    }));
  },
  misuses: ({ make }) => [
    { title: "axis", run: () => cumsum(make([2, 3]), 2), error: ShapeError, mentions: ["cumsum", "axis 2", "rank 2"] },
    { title: "bool", run: () => cumsum(make([2], "bool"), 0), error: DTypeError, mentions: ["cumsum", "bool", "i32"] },
  ],
  properties: [differences],
};
