import type { Backend } from "../../../contract/backend.ts";
import type { QuantFormatName } from "../../../contract/operand.ts";
import { ArgumentError, ShapeError } from "../../../errors.ts";
import type { ActivationName, NormWeightMode } from "../../../contract/kernels.ts";
import {
  composeQuantGatedProjection,
  quantGatedProjection,
  type GateWeights,
} from "../../../ops/fused/quant-gated-projection.ts";
import { scope } from "../../../scope.ts";
import { quantFormatNames } from "../../../quant/formats/index.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { along, expected } from "../../tensor-values.ts";
import {
  normBefore,
  normedRows,
  otherFormat,
  projectionDraws,
  projectionExamples,
  projectionInputs,
  sibling,
  type ProjectionDraw,
} from "../../draws/projection-arguments.ts";
import { rowsOf } from "../../draws/product-rows.ts";
import { placeQuant, quantValues, smallMatrix, type QuantDraw } from "../../draws/quant-weights.ts";
import { roundedProduct, roundingTolerance } from "../../formulas/rounded-products.ts";
import { leavesScales } from "../../draws/special-elements.ts";
import { activationFormulas } from "./gated-activation.ts";

interface Params {
  readonly gate: QuantDraw;
  readonly up: QuantDraw;
  readonly activation: ActivationName;
  readonly mode: NormWeightMode | null;
}

/** All of a slope of at most 1.13. */
const activations = ["silu", "gelu", "gelu_pytorch_tanh", "relu", "sigmoid", "tanh"] as const;
const SLOPE = 1.13;

/** The up weights are of another format, or begin at another row of their storage, now and then. */
const call = (draw: ProjectionDraw): Call<"quantGatedProjection", Params> => {
  const { weight, norm, seed } = draw;
  const format = seed % 5 === 0 ? otherFormat(weight.format) : weight.format;
  const up = sibling(weight, weight.rows, format);
  const aligned = seed % 3 > 0;
  return {
    inputs: projectionInputs(draw),
    params: {
      gate: aligned ? { ...weight, firstRow: weight.firstRow & ~7 } : weight,
      up: aligned ? { ...up, firstRow: 0 } : up,
      activation: activations[seed % activations.length],
      mode: norm,
    },
  };
};

const place = (backend: Backend, { gate, up, activation }: Params): GateWeights => ({
  gate: placeQuant(backend, gate),
  up: placeQuant(backend, up),
  activation,
});

/** out = activation(n·gateᵀ)·(n·upᵀ), n = x or its rmsNorm; the variant is the format of gate */
export const quantGatedProjectionCase: ConformanceCase<"quantGatedProjection", Params> = {
  op: "quantGatedProjection",
  dtypes: ["f32"],
  variants: () => quantFormatNames,
  elementwise: false,
  calls: ({ variant }) => projectionDraws(variant as QuantFormatName).map(call),
  examples: ({ variant }) => projectionExamples(variant as QuantFormatName).map(call),
  run: (backend, { x, norm }, params) =>
    scope(() => quantGatedProjection(x, place(backend, params), normBefore(norm, params.mode))),
  compose: ({ x, norm }, params) =>
    scope(() => composeQuantGatedProjection(x, place(x.backend, params), normBefore(norm, params.mode))),
  oracle: ({ inputs: { x, norm }, params: { gate, up, activation, mode } }) => {
    const rowOf = normedRows(x, norm, mode);
    const [gates, ups] = [quantValues(gate), quantValues(up)];
    return expected(x.dtype, [...x.shape.slice(0, -1), gate.rows], (index) => {
      const n = along(index, -1);
      const [g, gateSize] = roundedProduct(rowOf(index), gates, n);
      const [u, upSize] = roundedProduct(rowOf(index), ups, n);
      const activated = activationFormulas[activation](g);
      // Both factors may be off; their errors' product is a hundredth of their sizes'.
      const size = SLOPE * gateSize * (Math.abs(u) + 0.02 * upSize) + Math.abs(activated) * upSize;
      return [activated * u, size + Math.abs(activated * u)];
    });
  },
  tolerance: ({ dtype }, { params: { gate, up } }) =>
    roundingTolerance(dtype, gate.format === "q8_0" && up.format === "q8_0" ? "q8_0" : "q4_0"),
  sprinkled: ["x", "norm"],
  sprinkledFollow: leavesScales,
  rows: (call) => rowsOf(call),
  misuses: ({ backend, make }) => {
    const weight = (rows: number) => smallMatrix(backend, rows);
    return [
      {
        title: "inner lengths",
        run: () =>
          scope(() => quantGatedProjection(make([2, 31]), { gate: weight(5), up: weight(5), activation: "silu" })),
        error: ShapeError,
        mentions: ["quantGatedProjection", "[2, 31]", "[5, 32]"],
      },
      {
        title: "gate beside up",
        run: () =>
          scope(() => quantGatedProjection(make([2, 32]), { gate: weight(5), up: weight(6), activation: "silu" })),
        error: ShapeError,
        mentions: ["quantGatedProjection", "[5, 32]", "[6, 32]"],
      },
      {
        title: "unknown activation",
        run: () =>
          scope(() =>
            quantGatedProjection(make([2, 32]), {
              gate: weight(5),
              up: weight(5),
              activation: "snake" as ActivationName,
            }),
          ),
        error: ArgumentError,
        mentions: ["quantGatedProjection", "snake", "silu"],
      },
    ];
  },
};
