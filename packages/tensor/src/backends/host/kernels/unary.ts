import type { Kernel, UnaryOp } from "../../../contract/kernels.ts";
import { fastErf } from "../erf.ts";
import type { LaneMap, LaneOp } from "../map-lanes.ts";

const ops: { readonly [K in UnaryOp]: LaneOp } = {
  neg(x, _y, _z, n) {
    for (let i = 0; i < n; i++) x[i] = -x[i];
  },
  abs(x, _y, _z, n) {
    for (let i = 0; i < n; i++) x[i] = Math.abs(x[i]);
  },
  exp(x, _y, _z, n) {
    for (let i = 0; i < n; i++) x[i] = Math.exp(x[i]);
  },
  log(x, _y, _z, n) {
    for (let i = 0; i < n; i++) x[i] = Math.log(x[i]);
  },
  sqrt(x, _y, _z, n) {
    for (let i = 0; i < n; i++) x[i] = Math.sqrt(x[i]);
  },
  rsqrt(x, _y, _z, n) {
    for (let i = 0; i < n; i++) x[i] = 1 / Math.sqrt(x[i]);
  },
  sin(x, _y, _z, n) {
    for (let i = 0; i < n; i++) x[i] = Math.sin(x[i]);
  },
  cos(x, _y, _z, n) {
    for (let i = 0; i < n; i++) x[i] = Math.cos(x[i]);
  },
  tanh(x, _y, _z, n) {
    for (let i = 0; i < n; i++) x[i] = Math.tanh(x[i]);
  },
  erf(x, _y, _z, n) {
    for (let i = 0; i < n; i++) x[i] = fastErf(x[i]);
  },
};

export const createUnary =
  (mapLanes: LaneMap): Kernel<"unary"> =>
  (out, { x }, { op }) =>
    mapLanes(out, [x], ops[op]);
