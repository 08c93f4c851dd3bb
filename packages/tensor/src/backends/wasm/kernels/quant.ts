import type { QuantOperand } from "../../../backend.ts";
import type { Kernel } from "../../../kernels.ts";
import type { Device } from "../device.ts";
import { blockCount, panelBytes, panelFormats } from "../quant-layout.ts";
import { wasmStorage } from "../storage.ts";
import { readIndices } from "./move.ts";
import { multiplyPanels } from "./panels.ts";

/** Each row with the roundings of the format's definition, so that it is what `dequantize` gives. */
export const createGatherQuant =
  (device: Device): Kernel<"gatherQuant"> =>
  (out, { table, indices }) => {
    const picks = readIndices("gatherQuant", indices, table.rows);
    const there = device.at(table);
    const target = device.address(out);
    if (there === device) return gatherRows(device, table, picks, target);
    const rowBytes = 4 * table.columns;
    const atOnce = Math.max(1, Math.floor(there.arena.portion / Math.max(1, rowBytes)));
    for (let i = 0; i < picks.length; i += atOnce)
      there.scoped(() => {
        const some = picks.slice(i, i + atOnce);
        const rows = there.temporary(some.length * rowBytes);
        gatherRows(there, table, some, rows);
        const { u8 } = there.arena;
        device.arena.u8.set(u8.subarray(rows, rows + some.length * rowBytes), target + i * rowBytes);
      });
  };

/** The picked rows of a table in f32, back to back at `target`, all in the memory of one device. */
function gatherRows(device: Device, table: QuantOperand, picks: Int32Array, target: number): void {
  const { handle, format, firstRow, columns } = table;
  const layout = panelFormats[format];
  const size = panelBytes(format, layout, columns);
  device.scoped(() => {
    const numbers = device.temporary(4 * picks.length);
    device.arena.i32.set(
      picks.map((row) => firstRow + row),
      numbers / 4,
    );
    const panels = wasmStorage(handle).address;
    device.words(0, panels, target, size, 4 * columns, numbers, blockCount(format, columns), layout.code);
    device.run("gatherRows", picks.length, Math.ceil(16_384 / Math.max(1, columns)));
  });
}

export const createQuantMatmul =
  (device: Device): Kernel<"quantMatmul"> =>
  (out, { x, weight, bias }) =>
    device.scoped(() => {
      const matrices = [{ weight, column: 0, bias: bias ? device.wide(bias) : 0 }];
      multiplyPanels(device, { x, norm: null, matrices, out: device.address(out), residual: 0, columns: weight.rows });
    });
