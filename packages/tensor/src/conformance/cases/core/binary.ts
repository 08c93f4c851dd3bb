import fc from "fast-check";
import { given, drawnValues, smallIntegers, usualFill, type Argument, type Fill } from "../../draws/argument.ts";
import { dtypeNames, isFloat, type DType } from "../../../dtypes/dtype.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import type { BinaryOp } from "../../../contract/kernels.ts";
import { add, div, maximum, minimum, mul, pow, sub } from "../../../ops/binary.ts";
import type { Tensor } from "../../../tensor.ts";
import { full } from "../../../ops/fill.ts";
import { broadcastDraws, broadcastExamples, type BroadcastDraw } from "../../draws/broadcast.ts";
import type { Call, CallKind, ConformanceCase, Property } from "../../case.ts";
import { expectSame, type Tolerance } from "../../compare.ts";
import { broadcastAt, broadcastShape, expected } from "../../tensor-values.ts";
import { download, uploadDense } from "../../draws/memory-layout.ts";
import { specialValues } from "../../formulas/number-format.ts";
import { session } from "../../session.ts";

type Params = Record<never, never>;
type BinaryCall = Call<"binary", Params>;

/** IEEE 754 pow, which unlike JavaScript's has 1^NaN = 1 and (−1)^±∞ = 1. */
const power = (a: number, b: number): number => {
  if (a === 1) return 1;
  return a === -1 && !Number.isFinite(b) && !Number.isNaN(b) ? 1 : Math.pow(a, b);
};

/** The larger by `sign` = 1, the smaller by −1; NaN if either is. */
const extreme =
  (sign: 1 | -1) =>
  (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
    return sign * a >= sign * b ? a : b;
  };

interface BinarySpec {
  readonly run: (a: Tensor, b: Tensor) => Tensor;
  readonly formula: (a: number, b: number) => number;
  readonly floatsOnly?: true;
}

const specs: { readonly [K in BinaryOp]: BinarySpec } = {
  add: { run: add, formula: (a, b) => a + b },
  sub: { run: sub, formula: (a, b) => a - b },
  mul: { run: mul, formula: (a, b) => a * b },
  div: { run: div, formula: (a, b) => a / b, floatsOnly: true },
  max: { run: maximum, formula: extreme(1) },
  min: { run: minimum, formula: extreme(-1) },
  pow: { run: pow, formula: power, floatsOnly: true },
};

const specOf = ({ variant }: CallKind): BinarySpec => specs[variant as BinaryOp];

/** Products of 32-bit integers need more than f64's 53 bits before they wrap. */
const integerProduct = (dtype: DType, a: number, b: number): number => {
  const bits = dtype === "i32" || dtype === "u32" ? 32 : 8;
  const product = BigInt(a) * BigInt(b);
  return Number(dtype.startsWith("u") ? BigInt.asUintN(bits, product) : BigInt.asIntN(bits, product));
};

const call = ({ shapes: [a, b], layouts, seed }: BroadcastDraw, { dtype, variant, values }: CallKind): BinaryCall => {
  const usual = (at: number): Fill => {
    if (values === "integers") return smallIntegers(dtype, at);
    return variant === "pow" && at === seed
      ? { kind: "uniform", low: 0.05, high: 4, seed: at }
      : usualFill(dtype, at, variant === "pow" ? 2 : 4);
  };
  const argument = (i: 0 | 1, shape: readonly number[]): Argument => ({
    dtype,
    shape,
    layout: layouts[i],
    fill: usual(seed + i),
  });
  return { inputs: { a: argument(0, a), b: argument(1, b) }, params: {} };
};

const tolerance = ({ dtype, variant }: CallKind): Tolerance => {
  if (variant === "pow" && isFloat(dtype))
    return dtype === "f32"
      ? { kind: "ulp", n: 4, reason: "e^(b·ln a) in f32 with an extended logarithm" }
      : { kind: "ulp", n: 0.75, reason: "f32, rounded once to 16 bits" };
  if (variant === "max" || variant === "min")
    return { kind: "exact", signedZero: false, reason: "one of the operands; which zero wins is open" };
  return { kind: "exact", reason: "one IEEE 754 operation, one rounding" };
};

const numberOperand: Property<{ readonly value: number; readonly length: number }> = {
  title: "a number as operand acts like a tensor of it",
  draws: fc.record({ value: fc.integer({ min: -9, max: 9 }), length: fc.nat(20) }),
  holds: (backend, { value, length }) =>
    session(async (s) => {
      const x = s.run(() =>
        uploadDense(backend, drawnValues({ ...given("f32", [length], [0]), fill: usualFill("f32", 1) })),
      );
      for (const op of [add, sub, mul, maximum]) {
        const [got, want] = s.run(() => [op(x, value), op(x, full(backend, [], value))] as const);
        expectSame(`${op.name}(x, ${value})`, await download(got), await download(want));
      }
    }),
};

/** out = a ∘ b; the variant is ∘ */
export const binaryCase: ConformanceCase<"binary", Params> = {
  op: "binary",
  dtypes: dtypeNames.filter((dtype) => dtype !== "bool"),
  variants: (dtype) => Object.keys(specs).filter((op) => isFloat(dtype) || !specs[op as BinaryOp].floatsOnly),
  elementwise: true,
  calls: (kind) => broadcastDraws.map((draw) => call(draw, kind)),
  examples: (kind) => broadcastExamples.map((draw) => call(draw, kind)),
  specials: ({ dtype }) => {
    const values = specialValues(dtype);
    const n = values.length;
    return [{ inputs: { a: given(dtype, [n, 1], values), b: given(dtype, [n], values) }, params: {} }];
  },
  run: (_, { a, b }, __, kind) => specOf(kind).run(a, b),
  oracle: ({ inputs: { a, b } }, kind) => {
    const exactProduct = kind.variant === "mul" && !isFloat(kind.dtype);
    const formula = exactProduct ? integerProduct.bind(null, kind.dtype) : specOf(kind).formula;
    return expected(kind.dtype, broadcastShape(a.shape, b.shape), (index) =>
      formula(broadcastAt(a, index), broadcastAt(b, index)),
    );
  },
  tolerance,
  exactOnIntegers: ({ variant }) => variant !== "pow" && variant !== "div",
  sprinkled: ["a", "b"],
  misuses: ({ make }) => [
    {
      title: "shapes",
      run: () => add(make([2, 3]), make([2, 4])),
      error: ShapeError,
      mentions: ["add", "[2, 3]", "[2, 4]"],
    },
    {
      title: "dtypes",
      run: () => mul(make([2]), make([2], "i32")),
      error: DTypeError,
      mentions: ["mul", "f32", "i32"],
    },
    {
      title: "div of ints",
      run: () => div(make([2], "i32"), make([2], "i32")),
      error: DTypeError,
      mentions: ["div", "i32"],
    },
    {
      title: "pow of ints",
      run: () => pow(make([2], "u8"), make([2], "u8")),
      error: DTypeError,
      mentions: ["pow", "u8"],
    },
    {
      title: "bools",
      run: () => add(make([2], "bool"), make([2], "bool")),
      error: DTypeError,
      mentions: ["add", "bool"],
    },
  ],
  properties: [numberOperand],
};
