import type { Kernel } from "../../../contract/kernels.ts";
import { loadVector, type RowMap } from "../map-rows.ts";
import type { Scratch } from "../scratch.ts";

export function createLayerNorm(scratch: Scratch, mapRows: RowMap): Kernel<"layerNorm"> {
  return (out, { x, weight, bias }, { eps }) => {
    const width = weight.layout.shape[0];
    const scale = loadVector(scratch.take("weight", width), weight);
    const shift = scratch.take("bias", width);
    if (bias) loadVector(shift, bias);
    else shift.fill(0, 0, width);
    mapRows(out, x, (row, C) => {
      let total = 0;
      for (let c = 0; c < C; c++) total += row[c];
      const mean = total / C;
      let squares = 0;
      for (let c = 0; c < C; c++) squares += (row[c] - mean) * (row[c] - mean);
      const r = 1 / Math.sqrt(squares / C + eps);
      for (let c = 0; c < C; c++) row[c] = (row[c] - mean) * r * scale[c] + shift[c];
    });
  };
}
