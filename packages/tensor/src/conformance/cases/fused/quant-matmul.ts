import fc from "fast-check";
import { smallIntegers, usualFill, type Argument, type Fill } from "../../draws/argument.ts";
import type { QuantFormatName } from "../../../contract/operand.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { composeQuantMatmul, quantMatmul } from "../../../ops/fused/quant-matmul.ts";
import { asRows, fromRows } from "../../../ops/product-rows.ts";
import { quantFormatNames } from "../../../quant/formats/index.ts";
import { scope } from "../../../scope.ts";
import type { Call, CallKind, ConformanceCase } from "../../case.ts";
import { along, at, expected, flatIndex, perRow } from "../../tensor-values.ts";
import type { LayoutDraw } from "../../draws/memory-layout.ts";
import { oneHotProperties } from "../../properties/quant-matmul.ts";
import { blockFormulas } from "../../formulas/quant-formulas.ts";
import { RUN, roundedProduct, roundedRow, roundingTolerance } from "../../formulas/rounded-products.ts";
import { leavesScales } from "../../draws/special-elements.ts";
import { leads, leadShape, rowsOf, type Lead } from "../../draws/product-rows.ts";
import {
  columnsOf,
  placeQuant,
  quantDraws,
  quantValues,
  smallMatrix,
  type QuantDraw,
} from "../../draws/quant-weights.ts";
import { laneLength, laneLengths, layouts, seeds } from "../../draws/shapes.ts";

interface Params {
  readonly weight: QuantDraw;
}

interface ProductDraw {
  readonly weight: QuantDraw;
  readonly M: number;
  readonly lead: Lead;
  readonly bias: boolean;
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };

/** Whole numbers of which every run has ±127 as its largest: scaled to 8 bits they stay what they are. */
const eightBits: Fill = {
  kind: "values",
  values: Array.from({ length: 7 * RUN }, (_, i) => (i % RUN === 0 ? (i % 3 ? 127 : -127) : ((i * 37) % 255) - 127)),
};

const call = (draw: ProductDraw, { dtype, values }: CallKind): Call<"quantMatmul", Params> => {
  const { weight, M, lead, seed } = draw;
  const whole = values === "integers";
  const x: Argument = {
    dtype,
    shape: leadShape(lead, M, columnsOf(weight)),
    layout: whole ? contiguous : draw.layouts[0],
    fill: whole ? eightBits : usualFill(dtype, seed),
  };
  const bias: Argument = {
    dtype: seed % 2 ? dtype : "f32",
    shape: [weight.rows],
    layout: draw.layouts[1],
    fill: (whole ? smallIntegers : usualFill)(dtype, seed + 1),
  };
  // Whole products past 256 are no bf16, so adding a bias to them would round a second time.
  const withBias = draw.bias && (!whole || dtype === "f32");
  return {
    inputs: withBias ? { x, bias } : { x },
    params: { weight: whole ? { ...weight, scales: "ones" } : weight },
  };
};

/** M rows of x by `rows` rows of weights. */
const example = (kind: CallKind, M: number, rows: number, bias: boolean): Call<"quantMatmul", Params> => {
  const seed = M + 16 * rows;
  const stored = { firstRow: seed % 3, rowsAfter: M % 2, blocks: 1 + (rows % 3), scales: "usual", seed } as const;
  const weight: QuantDraw = { format: kind.variant as QuantFormatName, rows, ...stored };
  return call({ weight, M, lead: "rows", bias, layouts: [contiguous, contiguous], seed }, kind);
};

/** out = x·weightᵀ + bias; the variant is the format of weight */
export const quantMatmulCase: ConformanceCase<"quantMatmul", Params> = {
  op: "quantMatmul",
  dtypes: ["f32", "f16", "bf16"],
  variants: () => quantFormatNames,
  elementwise: false,
  calls: (kind) =>
    fc
      .record({
        weight: quantDraws(kind.variant as QuantFormatName),
        M: fc.oneof(fc.nat({ max: 6 }), laneLength),
        lead: fc.constantFrom(...leads),
        bias: fc.boolean(),
        layouts: fc.array(layouts, { minLength: 2, maxLength: 2 }),
        seed: seeds,
      })
      .map((draw) => call(draw, kind)),
  examples: (kind) => [
    ...[...laneLengths, 0].flatMap((n) => [example(kind, n, 5, n % 2 === 0), example(kind, 3, n, n % 2 === 1)]),
    // More rows of weights than are dequantised at a time.
    ...[2, 5].map((M) => example(kind, M, 61, true)),
  ],
  run: (backend, { x, bias }, { weight }) => scope(() => quantMatmul(x, placeQuant(backend, weight), bias)),
  compose: ({ x, bias }, { weight }) =>
    scope(() => fromRows(composeQuantMatmul(asRows(x), placeQuant(x.backend, weight), bias), x)),
  oracle: ({ inputs: { x, bias }, params: { weight } }) => {
    const w = quantValues(weight);
    const [N, K] = w.shape as [number, number];
    const rowOf = perRow(x.shape.length - 1, (index) => {
      const start = flatIndex(x.shape, index);
      return roundedRow(x.data.subarray(start, start + K));
    });
    return expected(x.dtype, [...x.shape.slice(0, -1), N], (index) => {
      const n = along(index, -1);
      const [total, size] = roundedProduct(rowOf(index.with(-1, 0)), w, n);
      const shift = bias ? at(bias, n) : 0;
      return [total + shift, size + (bias ? Math.abs(shift) + Math.abs(total + shift) : 0)];
    });
  },
  tolerance: ({ dtype, variant }, { inputs: { bias } }) =>
    roundingTolerance(dtype, variant, dtype !== "f32" && bias ? 1.5 : 0),
  exactOnIntegers: ({ variant }) => blockFormulas[variant as QuantFormatName].weights === 32 && variant !== "q8_0",
  sprinkled: ["x", "bias"],
  sprinkledFollow: leavesScales,
  rows: (call) => rowsOf(call),
  misuses: ({ backend, make }) => {
    const weight = () => smallMatrix(backend);
    return [
      {
        title: "inner lengths",
        run: () => scope(() => quantMatmul(make([2, 31]), weight())),
        error: ShapeError,
        mentions: ["quantMatmul", "[2, 31]", "[5, 32]"],
      },
      {
        title: "bias length",
        run: () => scope(() => quantMatmul(make([2, 32]), weight(), make([4]))),
        error: ShapeError,
        mentions: ["quantMatmul", "bias", "[4]", "[5]"],
      },
      {
        title: "ints",
        run: () => scope(() => quantMatmul(make([1, 32], "i32"), weight())),
        error: DTypeError,
        mentions: ["quantMatmul", "i32"],
      },
    ];
  },
  properties: oneHotProperties,
};
