import type { Operand } from "../../contract/operand.ts";
import type { TypedArray } from "../../dtypes/dtype.ts";
import { arrayOf } from "./host-memory.ts";
import { LANES, loads, stores, type Load } from "./lanes.ts";
import { StridedRuns } from "./strided-runs.ts";
import type { Scratch } from "./scratch.ts";

/** Works on up to three lanes of n elements and leaves its result in x. */
export type LaneOp = (x: Float64Array, y: Float64Array, z: Float64Array, n: number) => void;

/** Fills `out` from up to three operands of its shape: loads lanes, applies `op`, stores the x lanes. */
export type LaneMap = (out: Operand, inputs: readonly Operand[], op: LaneOp) => void;

export function createLaneMap({ x, y, z }: Scratch): LaneMap {
  const runs = new StridedRuns();
  const lanes = [x, y, z];
  const arrays: TypedArray[] = [];
  const loaders: Load[] = [];
  return (out, inputs, op) => {
    const target = arrayOf(out.handle);
    const store = stores[out.dtype];
    for (let o = 0; o < inputs.length; o++) {
      arrays[o] = arrayOf(inputs[o].handle);
      loaders[o] = loads[inputs[o].dtype];
    }
    runs.plan(out.layout, ...inputs.map((input) => input.layout));
    while (runs.next()) {
      for (let start = 0; start < runs.length; start += LANES) {
        const n = Math.min(LANES, runs.length - start);
        for (let o = 0; o < inputs.length; o++) {
          const step = runs.step[o + 1];
          loaders[o](lanes[o], 0, n, arrays[o], runs.at[o + 1] + start * step, step);
        }
        op(x, y, z, n);
        store(x, 0, n, target, runs.at[0] + start * runs.step[0], runs.step[0]);
      }
    }
    // The kernel outlives the tensors it worked on.
    arrays.length = 0;
  };
}
