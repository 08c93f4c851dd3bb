import type { Kernel } from "../../../contract/kernels.ts";
import { arrayOf } from "../host-memory.ts";
import { LANES, loads, stores } from "../lanes.ts";
import { leadLayout } from "../../../layout.ts";
import { StridedRuns } from "../strided-runs.ts";
import type { Scratch } from "../scratch.ts";

/** Index of the first maximum of n lanes; NaN counts as the largest. */
function argmaxLanes(x: Float64Array, n: number): number {
  let best = 0;
  for (let i = 1; i < n; i++) {
    if (x[i] > x[best] || (Number.isNaN(x[i]) && !Number.isNaN(x[best]))) best = i;
  }
  return best;
}

function sumLanes(x: Float64Array, n: number, sum: number): number {
  for (let i = 0; i < n; i++) sum += x[i];
  return sum;
}

/** Each row in order, in one f64 accumulator. */
export function createReduce({ x: lanes, y: result }: Scratch): Kernel<"reduce"> {
  const runs = new StridedRuns();
  return (out, { x }, { op }) => {
    const source = arrayOf(x.handle);
    const target = arrayOf(out.handle);
    const load = loads[x.dtype];
    const store = stores[out.dtype];
    const axis = x.layout.shape.length - 1;
    const R = x.layout.shape[axis];
    const stride = x.layout.strides[axis];

    const sumRow = (at: number): number => {
      let sum = 0;
      for (let start = 0; start < R; start += LANES) {
        const n = Math.min(LANES, R - start);
        load(lanes, 0, n, source, at + start * stride, stride);
        sum = sumLanes(lanes, n, sum);
      }
      return sum;
    };

    const maxRow = (at: number): number => {
      let best = -Infinity;
      let bestAt = -1;
      for (let start = 0; start < R; start += LANES) {
        const n = Math.min(LANES, R - start);
        load(lanes, 0, n, source, at + start * stride, stride);
        const i = argmaxLanes(lanes, n);
        if (bestAt < 0 || lanes[i] > best || (Number.isNaN(lanes[i]) && !Number.isNaN(best))) {
          best = lanes[i];
          bestAt = start + i;
        }
      }
      return op === "max" ? best : bestAt;
    };

    const reduceRow = op === "sum" ? sumRow : maxRow;
    runs.plan(out.layout, leadLayout(x.layout));
    const { at, step } = runs;
    while (runs.next()) {
      for (let start = 0; start < runs.length; start += LANES) {
        const n = Math.min(LANES, runs.length - start);
        for (let i = 0; i < n; i++) result[i] = reduceRow(at[1] + (start + i) * step[1]);
        store(result, 0, n, target, at[0] + start * step[0], step[0]);
      }
    }
  };
}
