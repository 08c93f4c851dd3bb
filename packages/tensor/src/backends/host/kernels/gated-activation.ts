import type { ActivationName, Kernel } from "../../../contract/kernels.ts";
import { activationScalar } from "../scalar-ops.ts";
import { fastErf } from "../erf.ts";
import type { LaneMap, LaneOp } from "../map-lanes.ts";

/** One loop per activation, so that each inlines its own function. */
const silu: LaneOp = (x, y, _, n) => {
  for (let i = 0; i < n; i++) x[i] = x[i] * (1 / (1 + Math.exp(-x[i]))) * y[i];
};

const gelu: LaneOp = (x, y, _, n) => {
  for (let i = 0; i < n; i++) x[i] = 0.5 * x[i] * (1 + fastErf(x[i] * Math.SQRT1_2)) * y[i];
};

const geluTanh: LaneOp = (x, y, _, n) => {
  for (let i = 0; i < n; i++) x[i] = activationScalar.gelu_new(x[i]) * y[i];
};

const ops: { readonly [K in ActivationName]: LaneOp } = {
  silu,
  swish: silu,
  gelu,
  gelu_python: gelu,
  gelu_pytorch_tanh: geluTanh,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_accurate: geluTanh,
  relu(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = Math.max(x[i], 0) * y[i];
  },
  relu2(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = activationScalar.relu2(x[i]) * y[i];
  },
  relu6(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = activationScalar.relu6(x[i]) * y[i];
  },
  leaky_relu(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = activationScalar.leaky_relu(x[i]) * y[i];
  },
  hardswish(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = activationScalar.hardswish(x[i]) * y[i];
  },
  mish(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = activationScalar.mish(x[i]) * y[i];
  },
  linear(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = x[i] * y[i];
  },
  quick_gelu(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = activationScalar.quick_gelu(x[i]) * y[i];
  },
  sigmoid(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = activationScalar.sigmoid(x[i]) * y[i];
  },
  tanh(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = Math.tanh(x[i]) * y[i];
  },
};

export const createGatedActivation =
  (mapLanes: LaneMap): Kernel<"gatedActivation"> =>
  (out, { gate, up }, { activation }) =>
    mapLanes(out, [gate, up], ops[activation]);
