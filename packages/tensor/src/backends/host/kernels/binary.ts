import { dtypes } from "../../../dtypes/dtype.ts";
import type { BinaryOp, Kernel } from "../../../contract/kernels.ts";
import { binaryScalar } from "../scalar-ops.ts";
import type { LaneMap, LaneOp } from "../map-lanes.ts";

const ops: { readonly [K in BinaryOp]: LaneOp } = {
  add(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] += y[i];
  },
  sub(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] -= y[i];
  },
  mul(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] *= y[i];
  },
  div(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] /= y[i];
  },
  max(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = Math.max(x[i], y[i]);
  },
  min(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = Math.min(x[i], y[i]);
  },
  pow(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = binaryScalar.pow(x[i], y[i]);
  },
};

/** 32-bit products do not fit in f64's 53 bits. */
const mulInt: LaneOp = (x, y, _, n) => {
  for (let i = 0; i < n; i++) x[i] = Math.imul(x[i], y[i]);
};

export const createBinary =
  (mapLanes: LaneMap): Kernel<"binary"> =>
  (out, { a, b }, { op }) =>
    mapLanes(out, [a, b], op === "mul" && dtypes[out.dtype].kind === "int" ? mulInt : ops[op]);
