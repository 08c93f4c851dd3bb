import type { Kernel } from "../../../contract/kernels.ts";
import { loadVector, type RowMap } from "../map-rows.ts";
import type { Scratch } from "../scratch.ts";

/** x is f32, where `f32-mul` and `cast-then-mul` are the same. */
export function createRmsNorm(scratch: Scratch, mapRows: RowMap): Kernel<"rmsNorm"> {
  return (out, { x, weight }, { eps, weightMode }) => {
    const scale = loadVector(scratch.take("weight", weight.layout.shape[0]), weight);
    const plus = weightMode === "one-plus" ? 1 : 0;
    mapRows(out, x, (row, C) => {
      let squares = 0;
      for (let c = 0; c < C; c++) squares += row[c] * row[c];
      const r = 1 / Math.sqrt(squares / C + eps);
      for (let c = 0; c < C; c++) row[c] = row[c] * r * (scale[c] + plus);
    });
  };
}
