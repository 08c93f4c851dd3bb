import { given, usualFill } from "../../draws/argument.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import type { ActivationName } from "../../../contract/kernels.ts";
import { composeGatedActivation, gatedActivation } from "../../../ops/fused/gated-activation.ts";
import type { Call, CallKind, ConformanceCase } from "../../case.ts";
import { argumentOf, elementwiseDraws, elementwiseExamples, type ElementwiseDraw } from "../../draws/elementwise.ts";
import { errorFunction } from "../../formulas/error-function.ts";
import { expected } from "../../tensor-values.ts";

type Params = Record<never, never>;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
/** 1 + tanh y = 2σ(2y), which loses nothing where tanh y is near −1. */
const tanhGelu = (x: number): number => x * logistic(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
const erfGelu = (x: number): number => (x / 2) * (1 + errorFunction(x / Math.SQRT2));
const ramp = (x: number): number => (Number.isNaN(x) || x > 0 ? x : 0);

export const activationFormulas: { readonly [K in ActivationName]: (x: number) => number } = {
  silu: (x) => x * logistic(x),
  swish: (x) => x * logistic(x),
  gelu: erfGelu,
  gelu_python: erfGelu,
  gelu_pytorch_tanh: tanhGelu,
  gelu_new: tanhGelu,
  gelu_fast: tanhGelu,
  gelu_accurate: tanhGelu,
  relu: ramp,
  relu2: (x) => ramp(x) * ramp(x),
  relu6: (x) => (x > 6 ? 6 : ramp(x)),
  leaky_relu: (x) => (x < 0 ? x / 100 : x),
  hardswish: (x) => (x <= -3 ? x * 0 : x >= 3 ? x : (x * (x + 3)) / 6),
  // tanh(ln(1 + eˣ)) = (1 − q²)/(1 + q²) with q = σ(−x).
  mish: (x) => x * ((1 - logistic(-x) ** 2) / (1 + logistic(-x) ** 2)),
  linear: (x) => x,
  quick_gelu: (x) => x * logistic(1.702 * x),
  sigmoid: logistic,
  tanh: Math.tanh,
};

/** Size of what the composition adds up: these stay bounded by 1, relu2 grows with x², the others with x. */
const sizeOfParts = (name: ActivationName, x: number): number => {
  if (name === "sigmoid" || name === "tanh") return 1;
  return name === "relu2" ? x * x : Math.abs(x);
};

const call = (draw: ElementwiseDraw, { dtype }: CallKind): Call<"gatedActivation", Params> => ({
  inputs: {
    gate: argumentOf(draw, 0, dtype, (seed) => usualFill(dtype, seed, 1 + (seed % 3) * 2)),
    up: argumentOf(draw, 1, dtype, (seed) => usualFill(dtype, seed)),
  },
  params: {},
});

/** out = activation(gate)·up; the variant is the activation */
export const gatedActivationCase: ConformanceCase<"gatedActivation", Params> = {
  op: "gatedActivation",
  dtypes: ["f32", "f16", "bf16"],
  variants: () => Object.keys(activationFormulas),
  elementwise: true,
  calls: (kind) => elementwiseDraws(2).map((draw) => call(draw, kind)),
  examples: (kind) => elementwiseExamples(2).map((draw) => call(draw, kind)),
  specials: ({ dtype }) => {
    const gate = [0, -0, 2 ** -130, 40, -40, NaN];
    return [{ inputs: { gate: given(dtype, [6], gate), up: given(dtype, [6], [1, 2, 3, 4, 5, 6]) }, params: {} }];
  },
  run: (_, { gate, up }, __, { variant }) => gatedActivation(gate, up, { activation: variant as ActivationName }),
  compose: ({ gate, up }, _, { variant }) => composeGatedActivation(gate, up, variant as ActivationName),
  oracle: ({ inputs: { gate, up } }, { dtype, variant }) => {
    const name = variant as ActivationName;
    return expected(dtype, gate.shape, (_, flat) => {
      const [g, u] = [gate.data[flat], up.data[flat]];
      return [activationFormulas[name](g) * u, sizeOfParts(name, g) * Math.abs(u)];
    });
  },
  tolerance: ({ dtype }) => ({
    kind: "relative",
    factor: 6,
    terms: 1,
    intermediate: dtype,
    reason: "the composition rounds each of its up to ten steps into the dtype",
  }),
  sprinkled: ["gate", "up"],
  // Which NaN an infinite gate gives differs between forms of one function.
  sprinkledFollow: (value) => Number.isNaN(value) || Math.abs(value) <= 2,
  misuses: ({ make }) => [
    {
      title: "shapes",
      run: () => gatedActivation(make([2, 3]), make([3]), { activation: "silu" }),
      error: ShapeError,
      mentions: ["gatedActivation", "[2, 3]", "[3]"],
    },
    {
      title: "dtypes",
      run: () => gatedActivation(make([2]), make([2], "f16"), { activation: "silu" }),
      error: DTypeError,
      mentions: ["gatedActivation", "f32", "f16"],
    },
    {
      title: "unknown activation",
      run: () => gatedActivation(make([2]), make([2]), { activation: "snake" as ActivationName }),
      error: ArgumentError,
      mentions: ["gatedActivation", "snake", "silu"],
    },
    {
      title: "ints",
      run: () => gatedActivation(make([2], "i32"), make([2], "i32"), { activation: "silu" }),
      error: DTypeError,
      mentions: ["gatedActivation", "i32"],
    },
  ],
};
