import type { Kernel } from "../../../contract/kernels.ts";
import { arrayOf } from "../host-memory.ts";
import { LANES, stores } from "../lanes.ts";
import type { Scratch } from "../scratch.ts";

export const createArange =
  ({ x }: Scratch): Kernel<"arange"> =>
  (out, _, { start, step }) => {
    const target = arrayOf(out.handle);
    const [N] = out.layout.shape;
    for (let first = 0; first < N; first += LANES) {
      const n = Math.min(LANES, N - first);
      for (let i = 0; i < n; i++) x[i] = start + (first + i) * step;
      stores[out.dtype](x, 0, n, target, out.layout.offset + first, 1);
    }
  };
