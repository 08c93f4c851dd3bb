import type { Kernel } from "../../../contract/kernels.ts";
import type { LaneMap, LaneOp } from "../map-lanes.ts";

const choose: LaneOp = (x, y, z, n) => {
  for (let i = 0; i < n; i++) x[i] = x[i] !== 0 ? y[i] : z[i];
};

export const createWhere =
  (mapLanes: LaneMap): Kernel<"where"> =>
  (out, { condition, a, b }) =>
    mapLanes(out, [condition, a, b], choose);
