import type { CompareOp, Kernel } from "../../../contract/kernels.ts";
import type { LaneMap, LaneOp } from "../map-lanes.ts";

const ops: { readonly [K in CompareOp]: LaneOp } = {
  eq(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = x[i] === y[i] ? 1 : 0;
  },
  lt(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = x[i] < y[i] ? 1 : 0;
  },
  le(x, y, _, n) {
    for (let i = 0; i < n; i++) x[i] = x[i] <= y[i] ? 1 : 0;
  },
};

export const createCompare =
  (mapLanes: LaneMap): Kernel<"compare"> =>
  (out, { a, b }, { op }) =>
    mapLanes(out, [a, b], ops[op]);
