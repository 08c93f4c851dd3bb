import type { Operand } from "../../../contract/operand.ts";
import { ArgumentError } from "../../../errors.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import { arrayOf } from "../host-memory.ts";
import { loads, stores } from "../lanes.ts";
import { leadLayout } from "../../../layout.ts";
import { StridedRuns } from "../strided-runs.ts";
import type { Scratch } from "../scratch.ts";

/** @throws ArgumentError for an index outside the row, before anything is written */
function checkIndices(runs: StridedRuns, indices: Operand, R: number): void {
  const picks = arrayOf(indices.handle);
  runs.plan(indices.layout);
  while (runs.next()) {
    for (let i = 0; i < runs.length; i++) {
      const at = picks[runs.at[0] + i * runs.step[0]];
      if (at < 0 || at >= R)
        throw new ArgumentError("scatter", `index ${at} is outside [0, ${R})`, { index: at, length: R });
    }
  }
}

/** Each row in doubles, rounded once at the end. */
export function createScatter(scratch: Scratch): Kernel<"scatter"> {
  const runs = new StridedRuns();
  return (out, { x, indices, source }, { add }) => {
    const axis = x.layout.shape.length - 1;
    const [R, S] = [x.layout.shape[axis], source.layout.shape[axis]];
    checkIndices(runs, indices, R);
    const [target, own, picks, from] = [out, x, indices, source].map(({ handle }) => arrayOf(handle));
    const [store, loadOwn, loadFrom] = [stores[out.dtype], loads[x.dtype], loads[source.dtype]];
    const [outStride, ownStride, pickStride, fromStride] = [out, x, indices, source].map(
      ({ layout: { strides } }) => strides[axis],
    );
    const row = scratch.take("row", R);
    const values = scratch.take("left", S);
    runs.plan(leadLayout(out.layout), leadLayout(x.layout), leadLayout(indices.layout), leadLayout(source.layout));
    const { at, step } = runs;
    while (runs.next()) {
      for (let i = 0; i < runs.length; i++) {
        loadOwn(row, 0, R, own, at[1] + i * step[1], ownStride);
        loadFrom(values, 0, S, from, at[3] + i * step[3], fromStride);
        const first = at[2] + i * step[2];
        for (let s = 0; s < S; s++) {
          const r = picks[first + s * pickStride];
          row[r] = add ? row[r] + values[s] : values[s];
        }
        store(row, 0, R, target, at[0] + i * step[0], outStride);
      }
    }
  };
}
