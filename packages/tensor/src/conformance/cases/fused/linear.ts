import fc from "fast-check";
import { smallIntegers, usualFill, type Argument } from "../../draws/argument.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { composeLinear, linear } from "../../../ops/fused/linear.ts";
import { reshape } from "../../../ops/view.ts";
import type { Call, CallKind, ConformanceCase } from "../../case.ts";
import { along, at, countOf, expected } from "../../tensor-values.ts";
import type { LayoutDraw } from "../../draws/memory-layout.ts";
import { productDraws, sizesFor, type MatrixSizes } from "../../draws/matrix-sizes.ts";
import { leads, leadShape, rowsOf, type Lead } from "../../draws/product-rows.ts";
import { isNotHuge } from "../../draws/special-elements.ts";

type Params = Record<never, never>;

const floats: readonly DType[] = ["f32", "f16", "bf16"];
const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };

interface LinearDraw extends MatrixSizes {
  readonly lead: Lead;
  readonly bias: boolean;
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}

const call = (draw: LinearDraw, { dtype, variant, values }: CallKind): Call<"linear", Params> => {
  const { M, N, K, lead, layouts, seed } = draw;
  const fill = values === "integers" ? smallIntegers : usualFill;
  const stored = variant as DType;
  const shape = leadShape(lead, M, K);
  const argument = (i: number, as: DType, of: readonly number[]): Argument => ({
    dtype: as,
    shape: of,
    layout: layouts[i],
    fill: fill(as, seed + i),
  });
  const inputs = { x: argument(0, dtype, shape), weight: argument(1, stored, [N, K]) };
  // Rounded products past 256 are not whole numbers in bf16, so adding a bias to them would round a second time.
  const bias = draw.bias && (values === "reals" || K <= 60);
  return { inputs: bias ? { ...inputs, bias: argument(2, seed % 2 ? stored : "f32", [N]) } : inputs, params: {} };
};

const draws: fc.Arbitrary<LinearDraw> = fc
  .tuple(productDraws, fc.constantFrom(...leads), fc.boolean())
  .map(([{ sizes, layouts, seed }, lead, bias]) => ({ ...sizes, lead, bias, layouts, seed }));

/** out = x·weightᵀ + bias; the variant is the dtype of weight */
export const linearCase: ConformanceCase<"linear", Params> = {
  op: "linear",
  dtypes: floats,
  variants: () => floats,
  elementwise: false,
  calls: (kind) => draws.map((draw) => call(draw, kind)),
  examples: (kind) =>
    sizesFor(kind).map((sizes, seed) =>
      call({ ...sizes, lead: "rows", bias: seed % 2 === 0, layouts: [contiguous, contiguous, contiguous], seed }, kind),
    ),
  run: (_, { x, weight, bias }) => linear(x, weight, bias),
  compose: ({ x, weight, bias }) => {
    const rows = reshape(x, [countOf(x.shape.slice(0, -1)), along(x.shape, -1)]);
    return reshape(composeLinear(rows, weight, bias), [...x.shape.slice(0, -1), weight.shape[0]]);
  },
  oracle: ({ inputs: { x, weight, bias } }) => {
    const [N, K] = weight.shape as [number, number];
    return expected(x.dtype, [...x.shape.slice(0, -1), N], (index) => {
      const row = index.slice(0, -1);
      const n = along(index, -1);
      const shift = bias ? at(bias, n) : 0;
      let total = 0;
      let magnitude = Math.abs(shift);
      for (let k = 0; k < K; k++) {
        const product = at(x, ...row, k) * at(weight, n, k);
        total += product;
        magnitude += Math.abs(product);
      }
      return [total + shift, magnitude];
    });
  },
  tolerance: ({ dtype }, { inputs: { x, bias } }) => {
    const terms = along(x.shape, -1);
    return dtype === "f32" || !bias
      ? { kind: "relative", factor: 2, terms, intermediate: "f32", reason: "a dot product summed in f32, any order" }
      : {
          kind: "relative",
          factor: 1.5,
          terms: 1,
          intermediate: dtype,
          reason: "product, then bias, rounded to 16 bits",
        };
  },
  exactOnIntegers: () => true,
  sprinkled: ["x", "weight", "bias"],
  sprinkledFollow: isNotHuge,
  rows: (call) => rowsOf(call),
  misuses: ({ make }) => [
    {
      title: "inner lengths",
      run: () => linear(make([2, 3]), make([5, 4])),
      error: ShapeError,
      mentions: ["linear", "[2, 3]", "[5, 4]"],
    },
    {
      title: "weight rank",
      run: () => linear(make([2, 3]), make([3])),
      error: ShapeError,
      mentions: ["linear", "[2, 3]", "[3]"],
    },
    {
      title: "bias length",
      run: () => linear(make([2, 3]), make([5, 3]), make([4])),
      error: ShapeError,
      mentions: ["linear", "bias", "[4]", "[5]"],
    },
    {
      title: "ints",
      run: () => linear(make([1, 1], "i32"), make([1, 1])),
      error: DTypeError,
      mentions: ["linear", "i32"],
    },
  ],
};
