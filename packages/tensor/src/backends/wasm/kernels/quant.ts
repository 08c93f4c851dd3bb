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
    const { format, firstRow, rows, columns } = table;
    const picks = readIndices("gatherQuant", indices, rows);
    const layout = panelFormats[format];
    device.scoped(() => {
      const numbers = device.temporary(4 * picks.length);
      device.arena.i32.set(
        picks.map((row) => firstRow + row),
        numbers / 4,
      );
      const [panels, target] = [wasmStorage(table.handle).address, device.address(out)];
      const size = panelBytes(format, layout, columns);
      device.words(0, panels, target, size, 4 * columns, numbers, blockCount(format, columns), layout.code);
      device.run("gatherRows", picks.length, Math.ceil(16_384 / Math.max(1, columns)));
    });
  };

export const createQuantMatmul =
  (device: Device): Kernel<"quantMatmul"> =>
  (out, { x, weight, bias }) =>
    device.scoped(() => {
      const matrices = [{ weight, column: 0, bias: bias ? device.wide(bias) : 0 }];
      multiplyPanels(device, { x, norm: null, matrices, out: device.address(out), residual: 0, columns: weight.rows });
    });
