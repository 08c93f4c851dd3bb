import type { Kernel } from "../../../contract/kernels.ts";
import type { RowFunction, RowMap } from "../map-rows.ts";

const sumsOfRow: RowFunction = (row, C) => {
  for (let c = 1; c < C; c++) row[c] += row[c - 1];
};

export const createCumsum =
  (mapRows: RowMap): Kernel<"cumsum"> =>
  (out, { x }) =>
    mapRows(out, x, sumsOfRow);
