import { dtypes, type DType } from "../../../dtypes/dtype.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import { saturate } from "../scalar-ops.ts";
import type { LaneMap, LaneOp } from "../map-lanes.ts";

const keep: LaneOp = () => {};

const saturateTo =
  (low: number, high: number): LaneOp =>
  (x, _y, _z, n) => {
    for (let i = 0; i < n; i++) x[i] = saturate(x[i], low, high);
  };

/** Float → integer. Every other cast is what a store does: round, wrap, or compare with zero. */
const saturating: { readonly [K in DType]?: LaneOp } = {
  i32: saturateTo(-(2 ** 31), 2 ** 31 - 1),
  u32: saturateTo(0, 2 ** 32 - 1),
  i8: saturateTo(-128, 127),
  u8: saturateTo(0, 255),
};

export const createCast =
  (mapLanes: LaneMap): Kernel<"cast"> =>
  (out, { x }) => {
    mapLanes(out, [x], (dtypes[x.dtype].kind === "float" && saturating[out.dtype]) || keep);
  };
