import type { Backend } from "../../../contract/backend.ts";
import { ArgumentError, ShapeError } from "../../../errors.ts";
import type { ActivationName, NormWeightMode } from "../../../contract/kernels.ts";
import { composeGatedProjection, gatedProjection, type GateWeights } from "../../../ops/fused/gated-projection.ts";
import { scope } from "../../../scope.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { along, expected } from "../../tensor-values.ts";
import {
  normBefore,
  normedRows,
  otherFormat,
  projectionInputs,
  projectionKinds,
  sibling,
  type ProjectionDraw,
} from "../../draws/projection-arguments.ts";
import { rowsOf } from "../../draws/product-rows.ts";
import { placeWeights, productTolerance, weightValues, type WeightDraw } from "../../draws/product-weights.ts";
import { smallMatrix } from "../../draws/quant-weights.ts";
import { roundedProduct } from "../../formulas/rounded-products.ts";
import { activationFormulas } from "./gated-activation.ts";

interface Params {
  readonly gate: WeightDraw;
  readonly up: WeightDraw;
  readonly activation: ActivationName;
  readonly mode: NormWeightMode | null;
}

/** All of a slope of at most 1.13. */
const activations = ["silu", "gelu", "gelu_pytorch_tanh", "relu", "sigmoid", "tanh"] as const;
const SLOPE = 1.13;

/** The up weights are of another format, or begin at another row of their storage, now and then. */
const call = (draw: ProjectionDraw): Call<"gatedProjection", Params> => {
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
  gate: placeWeights(backend, gate),
  up: placeWeights(backend, up),
  activation,
});

/** out = activation(n·gateᵀ)·(n·upᵀ), n = x or its rmsNorm; the variant is the format of gate */
export const gatedProjectionCase: ConformanceCase<"gatedProjection", Params> = {
  op: "gatedProjection",
  ...projectionKinds(call),
  run: (backend, { x, norm }, params) =>
    scope(() => gatedProjection(x, place(backend, params), normBefore(norm, params.mode))),
  compose: ({ x, norm }, params) =>
    scope(() => composeGatedProjection(x, place(x.backend, params), normBefore(norm, params.mode))),
  oracle: ({ inputs: { x, norm }, params: { gate, up, activation, mode } }) => {
    const rowOf = normedRows(x, norm, mode);
    const [gates, ups] = [weightValues(gate), weightValues(up)];
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
  tolerance: ({ dtype }, { params: { gate, up } }) => productTolerance(dtype, [gate, up]),
  sprinkled: ["x", "norm"],
  rows: (call) => rowsOf(call),
  misuses: ({ backend, make }) => {
    const weight = (rows: number) => smallMatrix(backend, rows);
    return [
      {
        title: "inner lengths",
        run: () => scope(() => gatedProjection(make([2, 31]), { gate: weight(5), up: weight(5), activation: "silu" })),
        error: ShapeError,
        mentions: ["gatedProjection", "[2, 31]", "[5, 32]"],
      },
      {
        title: "gate beside up",
        run: () => scope(() => gatedProjection(make([2, 32]), { gate: weight(5), up: weight(6), activation: "silu" })),
        error: ShapeError,
        mentions: ["gatedProjection", "[5, 32]", "[6, 32]"],
      },
      {
        title: "unknown activation",
        run: () =>
          scope(() =>
            gatedProjection(make([2, 32]), {
              gate: weight(5),
              up: weight(5),
              activation: "snake" as ActivationName,
            }),
          ),
        error: ArgumentError,
        mentions: ["gatedProjection", "snake", "silu"],
      },
    ];
  },
};
