import type { Kernel } from "../../../contract/kernels.ts";
import type { RowFunction, RowMap } from "../map-rows.ts";

const softmaxRow: RowFunction = (row, C) => {
  let top = -Infinity;
  for (let c = 0; c < C; c++) top = Math.max(top, row[c]);
  let total = 0;
  for (let c = 0; c < C; c++) {
    row[c] = Math.exp(row[c] - top);
    total += row[c];
  }
  for (let c = 0; c < C; c++) row[c] /= total;
};

export const createSoftmax =
  (mapRows: RowMap): Kernel<"softmax"> =>
  (out, { x }) =>
    mapRows(out, x, softmaxRow);
