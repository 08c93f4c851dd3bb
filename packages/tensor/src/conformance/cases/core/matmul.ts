import fc from "fast-check";
import { drawnValues, smallIntegers, usualFill, type Argument } from "../../draws/argument.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { add } from "../../../ops/binary.ts";
import { matmul } from "../../../ops/matmul.ts";
import type { Call, CallKind, ConformanceCase, Property } from "../../case.ts";
import { expectSame } from "../../compare.ts";
import { along, broadcastAt, broadcastShape, expected, sliceOf } from "../../tensor-values.ts";
import { download, uploadDense, type LayoutDraw } from "../../draws/memory-layout.ts";
import { productDraws, sizesFor, type MatrixSizes } from "../../draws/matrix-sizes.ts";
import { session } from "../../session.ts";
import { isNotHuge } from "../../draws/special-elements.ts";

type Params = Record<never, never>;
type MatmulCall = Call<"matmul", Params>;

const floats: readonly DType[] = ["f32", "f16", "bf16"];
const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };

interface MatmulDraw extends MatrixSizes {
  /** Leading axes of the two sides. */
  readonly lead: readonly [readonly number[], readonly number[]];
  readonly layouts: readonly [LayoutDraw, LayoutDraw];
  readonly seed: number;
}

const call = ({ M, N, K, lead, layouts, seed }: MatmulDraw, { dtype, variant, values }: CallKind): MatmulCall => {
  const fill = values === "integers" ? smallIntegers : usualFill;
  const rhs = variant as DType;
  return {
    inputs: {
      a: { dtype, shape: [...lead[0], M, K], layout: layouts[0], fill: fill(dtype, seed) },
      b: { dtype: rhs, shape: [...lead[1], K, N], layout: layouts[1], fill: fill(rhs, seed + 1) },
    },
    params: {},
  };
};

const leads: fc.Arbitrary<MatmulDraw["lead"]> = fc.constantFrom<MatmulDraw["lead"][]>(
  [[], []],
  [[2], [2]],
  [[2], []],
  [[], [3]],
  [
    [2, 1],
    [1, 3],
  ],
  [[1], [2]],
);

const draws: fc.Arbitrary<MatmulDraw> = fc
  .tuple(productDraws, leads)
  .map(([{ sizes, layouts, seed }, lead]) => ({ ...sizes, lead, layouts: [layouts[0], layouts[1]], seed }));

const distributes: Property<MatmulDraw> = {
  title: "(a + b)·c = a·c + b·c on whole numbers, bit for bit",
  draws,
  holds: (backend, draw) =>
    session(async (s) => {
      const { a, b: c } = call(draw, { dtype: "f32", variant: "f32", values: "integers" }).inputs;
      const b: Argument = { ...a, fill: smallIntegers("f32", draw.seed + 9) };
      const [left, right] = s.run(() => {
        const [ta, tb, tc] = [a, b, c].map((argument) => uploadDense(backend, drawnValues(argument)));
        return [matmul(add(ta, tb), tc), add(matmul(ta, tc), matmul(tb, tc))] as const;
      });
      expectSame("(a + b)·c beside a·c + b·c", await download(left), await download(right));
    }),
};

/** out [..., M, N] = a [..., M, K] × b [..., K, N]; the variant is the dtype of b */
export const matmulCase: ConformanceCase<"matmul", Params> = {
  op: "matmul",
  dtypes: floats,
  variants: () => floats,
  elementwise: false,
  calls: (kind) => draws.map((draw) => call(draw, kind)),
  examples: (kind) =>
    sizesFor(kind).map((sizes, seed) =>
      call({ ...sizes, lead: [[], []], layouts: [contiguous, contiguous], seed }, kind),
    ),
  run: (_, { a, b }) => matmul(a, b),
  oracle: ({ inputs: { a, b } }) => {
    const lead = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const K = along(a.shape, -1);
    return expected(a.dtype, [...lead, along(a.shape, -2), along(b.shape, -1)], (index) => {
      const [m, n] = index.slice(-2) as [number, number];
      const outer = index.slice(0, -2);
      let total = 0;
      let magnitude = 0;
      for (let k = 0; k < K; k++) {
        const product = broadcastAt(a, [...outer, m, k]) * broadcastAt(b, [...outer, k, n]);
        total += product;
        magnitude += Math.abs(product);
      }
      return [total, magnitude];
    });
  },
  tolerance: (_, { inputs: { a } }) => ({
    kind: "relative",
    factor: 2,
    terms: along(a.shape, -1),
    intermediate: "f32",
    reason: "a dot product summed in f32, any order",
  }),
  exactOnIntegers: () => true,
  sprinkled: ["a", "b"],
  sprinkledFollow: isNotHuge,
  rows: ({ inputs: { a, b } }) => {
    const axis = a.shape.length - 2;
    return Array.from({ length: a.shape[axis] }, (_, m) => ({
      title: `row ${m} of a`,
      call: { inputs: { a: sliceOf(a, axis, m), b }, params: {} },
      of: (result) => sliceOf(result, result.shape.length - 2, m),
    }));
  },
  misuses: ({ make }) => [
    {
      title: "inner lengths",
      run: () => matmul(make([2, 3]), make([4, 5])),
      error: ShapeError,
      mentions: ["matmul", "[2, 3]", "[4, 5]"],
    },
    {
      title: "rank 0",
      run: () => matmul(make([]), make([3, 2])),
      error: ShapeError,
      mentions: ["matmul", "[]", "[3, 2]"],
    },
    {
      title: "a vector of another length",
      run: () => matmul(make([2]), make([3, 2])),
      error: ShapeError,
      mentions: ["matmul", "[2]", "[3, 2]"],
    },
    {
      title: "leading axes",
      run: () => matmul(make([2, 1, 1]), make([3, 1, 1])),
      error: ShapeError,
      mentions: ["matmul", "[2]", "[3]"],
    },
    {
      title: "ints",
      run: () => matmul(make([1, 1], "i32"), make([1, 1])),
      error: DTypeError,
      mentions: ["matmul", "i32"],
    },
  ],
  properties: [distributes],
};
