import type { Operand } from "../../../contract/operand.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import { arrayOf } from "../host-memory.ts";
import { createMove } from "../move.ts";
import { StridedRuns } from "../strided-runs.ts";
import type { Scratch } from "../scratch.ts";

function createCopyElements(scratch: Scratch): (out: Operand, x: Operand) => void {
  const runs = new StridedRuns();
  return (out, x) => {
    const move = createMove(scratch, out.dtype, x.dtype);
    const target = arrayOf(out.handle);
    const source = arrayOf(x.handle);
    runs.plan(out.layout, x.layout);
    const { at, step } = runs;
    while (runs.next()) move(target, at[0], step[0], source, at[1], step[1], runs.length);
  };
}

export function createCopy(scratch: Scratch): Kernel<"copy"> {
  const copyElements = createCopyElements(scratch);
  return (out, { x }) => copyElements(out, x);
}

export function createSliceUpdate(scratch: Scratch): Kernel<"sliceUpdate"> {
  const copyElements = createCopyElements(scratch);
  return (out, { source }) => copyElements(out, source);
}
