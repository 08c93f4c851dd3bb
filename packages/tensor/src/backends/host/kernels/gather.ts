import { ArgumentError } from "../../../errors.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import { arrayOf } from "../host-memory.ts";
import { createMove } from "../move.ts";
import { innerLayout } from "../../../layout.ts";
import { StridedRuns } from "../strided-runs.ts";
import type { Scratch } from "../scratch.ts";

/** @throws ArgumentError for an index outside the table, before anything is written */
export function createGather(scratch: Scratch): Kernel<"gather"> {
  const runs = new StridedRuns();
  return (out, { table, indices }) => {
    const source = arrayOf(table.handle);
    const target = arrayOf(out.handle);
    const picks = arrayOf(indices.handle);
    const [count] = indices.layout.shape;
    const [pickStride] = indices.layout.strides;
    const [rows] = table.layout.shape;
    const pick = (n: number): number => picks[indices.layout.offset + n * pickStride];
    for (let n = 0; n < count; n++) {
      const at = pick(n);
      if (at < 0 || at >= rows)
        throw new ArgumentError("gather", `index ${at} at position ${n} is outside [0, ${rows})`, { index: at, rows });
    }
    const move = createMove(scratch, out.dtype, table.dtype);
    const [outStride] = out.layout.strides;
    const [rowStride] = table.layout.strides;
    runs.plan(innerLayout(out.layout), innerLayout(table.layout));
    const { at, step } = runs;
    while (runs.next()) {
      for (let n = 0; n < count; n++) {
        move(target, at[0] + n * outStride, step[0], source, at[1] + pick(n) * rowStride, step[1], runs.length);
      }
    }
  };
}
