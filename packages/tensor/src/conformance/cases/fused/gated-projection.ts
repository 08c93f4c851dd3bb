import type { Backend } from "../../../contract/backend.ts";
import { ArgumentError, ShapeError } from "../../../errors.ts";
import type { ActivationName, NormWeightMode } from "../../../contract/kernels.ts";
import { concat } from "../../../ops/compose.ts";
import {
  composeGatedProjection,
  composeGatedProjectionOnto,
  gatedProjection,
  gatedProjectionOnto,
  type GateWeights,
} from "../../../ops/fused/gated-projection.ts";
import { scope } from "../../../scope.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, ConformanceCase, InputsOf } from "../../case.ts";
import { along, at, expected, flatIndex } from "../../tensor-values.ts";
import {
  biasOf,
  normBefore,
  normedRows,
  ontoNormOf,
  otherFormat,
  plus,
  projectionInputs,
  projectionKinds,
  sibling,
  streamInputs,
  streamValues,
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
  const { rows } = weight;
  const gateBias = biasOf(draw, rows, draw.layouts[2]);
  // A stream in every fourth call, in half of these of one row, which some backends make in passing.
  const streams = seed % 4 === 1;
  const drawn = streams && seed % 8 === 1 ? { ...draw, M: Math.min(draw.M, 1) } : draw;
  // One of both now and then.
  const upBias = seed % 9 === 3 ? undefined : biasOf({ ...draw, seed: seed + 6 }, rows, draw.layouts[3]);
  return {
    inputs: {
      ...projectionInputs(drawn),
      ...(streams && streamInputs(drawn)),
      ...(gateBias && { gateBias }),
      ...(upBias && { upBias }),
    },
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

/** The stream, where there is a residual, and the product side by side. */
const run = (
  backend: Backend,
  { x, residual, ontoNorm, norm, ...biases }: InputsOf<"gatedProjection", Tensor>,
  params: Params,
  ops: { readonly alone: typeof gatedProjection; readonly onto: typeof gatedProjectionOnto },
): Tensor =>
  scope(() => {
    const weights = { ...place(backend, params), ...biases };
    const before = normBefore(norm, params.mode);
    if (!residual || !ontoNorm) return ops.alone(x, weights, before);
    const { stream, gated } = ops.onto(x, { ...ontoNormOf(ontoNorm), weight: ontoNorm, residual }, weights, before);
    return concat([stream, gated], -1);
  });

/**
 * out = activation(n·gateᵀ + gateBias)·(n·upᵀ + upBias), n = x or its rmsNorm; x may be a stream, residual + rmsNorm(x). The variant
 * is the format of gate
 */
export const gatedProjectionCase: ConformanceCase<"gatedProjection", Params> = {
  op: "gatedProjection",
  ...projectionKinds(call),
  run: (backend, inputs, params) => run(backend, inputs, params, { alone: gatedProjection, onto: gatedProjectionOnto }),
  compose: (inputs, params) =>
    run(inputs.x.backend, inputs, params, { alone: composeGatedProjection, onto: composeGatedProjectionOnto }),
  oracle: ({ inputs, params: { gate, up, activation, mode } }) => {
    const { x, residual, ontoNorm, norm, gateBias, upBias } = inputs;
    const stream = residual && ontoNorm && streamValues(x, residual, ontoNorm);
    const rowOf = normedRows(stream ?? x, norm, mode);
    const K = stream ? along(x.shape, -1) : 0;
    const [gates, ups] = [weightValues(gate), weightValues(up)];
    return expected(x.dtype, [...x.shape.slice(0, -1), K + gate.rows], (index) => {
      const n = along(index, -1) - K;
      if (stream && n < 0) return [at(stream, ...index), stream.magnitude[flatIndex(x.shape, index)]];
      const [g, gateSize] = plus(roundedProduct(rowOf(index), gates, n), gateBias && at(gateBias, n));
      const [u, upSize] = plus(roundedProduct(rowOf(index), ups, n), upBias && at(upBias, n));
      const activated = activationFormulas[activation](g);
      // Both factors may be off; their errors' product is a hundredth of their sizes'.
      const size = SLOPE * gateSize * (Math.abs(u) + 0.02 * upSize) + Math.abs(activated) * upSize;
      return [activated * u, size + Math.abs(activated * u)];
    });
  },
  tolerance: ({ dtype }, { params: { gate, up } }) => productTolerance(dtype, [gate, up]),
  sprinkled: ["x", "residual", "ontoNorm", "norm", "gateBias", "upBias"],
  rows: (call) => rowsOf(call, "residual"),
  misuses: ({ backend, make }) => {
    const weight = (rows: number) => smallMatrix(backend, rows);
    const weights = () => ({ gate: weight(5), up: weight(5), activation: "silu" }) as const;
    return [
      {
        title: "inner lengths",
        run: () => scope(() => gatedProjection(make([2, 31]), weights())),
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
        title: "bias length",
        run: () => scope(() => gatedProjection(make([2, 32]), { ...weights(), upBias: make([4]) })),
        error: ShapeError,
        mentions: ["gatedProjection", "upBias", "[4]", "[5]"],
      },
      {
        title: "residual",
        run: () =>
          scope(() => {
            const onto = { weight: make([32]), eps: 1, residual: make([1, 32]) };
            return gatedProjectionOnto(make([2, 32]), onto, weights()).gated;
          }),
        error: ShapeError,
        mentions: ["gatedProjection", "residual", "[1, 32]", "[2, 32]"],
      },
      {
        title: "norm onto the residual",
        run: () =>
          scope(() => {
            const onto = { weight: make([31]), eps: 1, residual: make([2, 32]) };
            return gatedProjectionOnto(make([2, 32]), onto, weights()).gated;
          }),
        error: ShapeError,
        mentions: ["gatedProjection", "ontoNorm", "[31]", "[32]"],
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
