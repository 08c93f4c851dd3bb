import type { Kernel } from "../../../contract/kernels.ts";
import type { RowMap, RowOp } from "../map-rows.ts";

const sumsOfRow: RowOp = (row, C) => {
  for (let c = 1; c < C; c++) row[c] += row[c - 1];
};

export const createCumsum =
  (mapRows: RowMap): Kernel<"cumsum"> =>
  (out, { x }) =>
    mapRows(out, x, sumsOfRow);
