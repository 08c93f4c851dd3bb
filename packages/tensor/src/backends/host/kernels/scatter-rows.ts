import type { Kernel } from "../../../contract/kernels.ts";
import { arrayOf } from "../host-memory.ts";
import { createMove } from "../move.ts";
import type { Scratch } from "../scratch.ts";

export function createScatterRows(scratch: Scratch): Kernel<"scatterRows"> {
  return (out, { rows, slots }) => {
    const [pages, K, P, D = 1] = out.layout.shape;
    const [pageStep, headStep, placeStep, step = 1] = out.layout.strides;
    const [rowStep, rowHeadStep, rowInnerStep = 1] = rows.layout.strides;
    const [target, source, picks] = [arrayOf(out.handle), arrayOf(rows.handle), arrayOf(slots.handle)];
    const move = createMove(scratch, out.dtype, rows.dtype);
    for (let n = 0; n < rows.layout.shape[0]; n++) {
      const slot = picks[slots.layout.offset + n * slots.layout.strides[0]];
      if (slot < 0 || slot >= pages * P) continue;
      const place = slot % P;
      const to = out.layout.offset + ((slot - place) / P) * pageStep + place * placeStep;
      const from = rows.layout.offset + n * rowStep;
      for (let k = 0; k < K; k++)
        move(target, to + k * headStep, step, source, from + k * rowHeadStep, rowInnerStep, D);
    }
  };
}
