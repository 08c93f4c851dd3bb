import type { KernelContext } from "../kernel-context.ts";
import type { PanelMatrix, PanelRows, RunPanels } from "./panel-rows.ts";

/** Columns that a command writes: where they are in the result, and in one that holds nothing else. */
interface Band {
  readonly column: number;
  readonly local: number;
  readonly length: number;
}

/** A row-major f32 matrix in a memory. */
interface Sums {
  readonly context: KernelContext;
  readonly address: number;
  readonly columns: number;
}

/**
 * Runs a command in another memory, where its matrices lie: the packed rows and what is added go there and the columns it
 * writes come back, a few megabytes at a time. Packed rows are cut at multiples of four, where a group of them ends.
 *
 * @param rowRecords bytes of the records of one row
 */
export function runInOtherMemory(
  context: KernelContext,
  there: KernelContext,
  { packed, M, K, out, residual, columns }: PanelRows,
  rowRecords: number,
  matrices: readonly PanelMatrix[],
  run: RunPanels,
): void {
  const bands = bandsOf(matrices);
  const width = bands.reduce((sum, { length }) => sum + length, 0);
  const rowBytes = rowRecords + 4 * width * (residual === 0 ? 1 : 2);
  const atOnce = Math.max(4, Math.floor(there.arena.portion / rowBytes / 4) * 4);
  there.scoped(() => {
    const local = matrices.map(({ weight, column, bias }) => ({
      weight,
      column: bands.find((band) => band.column === column)?.local ?? 0,
      bias: bias === 0 ? 0 : there.bring(context, bias, 4 * weight.rows),
    }));
    for (let m = 0; m < M; m += atOnce) {
      const count = Math.min(atOnce, M - m);
      const here = (address: number): Sums => ({ context, address: address + 4 * m * columns, columns });
      const passing = (): Sums => ({ context: there, address: there.temporary(4 * count * width), columns: width });
      there.scoped(() => {
        const records = there.bring(context, packed + m * rowRecords, count * rowRecords);
        const sums = passing();
        const added = residual === 0 ? null : passing();
        if (added)
          for (const band of bands) copyBand(here(residual), band.column, added, band.local, band.length, count);
        const rows = { packed: records, M: count, K, out: sums.address, residual: added?.address ?? 0, columns: width };
        run(there, rows, local);
        for (const band of bands) copyBand(sums, band.local, here(out), band.column, band.length, count);
      });
    }
  });
}

/** The columns of matrices, each once, back to back. */
function bandsOf(matrices: readonly PanelMatrix[]): Band[] {
  const bands: Band[] = [];
  let local = 0;
  for (const { column, weight } of matrices) {
    if (bands.some((band) => band.column === column)) continue;
    bands.push({ column, local, length: weight.rows });
    local += weight.rows;
  }
  return bands;
}

/** Copies `length` columns of `rows` rows from one matrix into another. */
function copyBand(from: Sums, first: number, to: Sums, column: number, length: number, rows: number): void {
  // Whole rows follow one another.
  const solid = length === from.columns && length === to.columns;
  const [runs, floats] = solid ? [1, rows * length] : [rows, length];
  const [source, target] = [from.address / 4 + first, to.address / 4 + column];
  for (let row = 0; row < runs; row++) {
    const at = source + row * from.columns;
    to.context.arena.f32.set(from.context.arena.f32.subarray(at, at + floats), target + row * to.columns);
  }
}
