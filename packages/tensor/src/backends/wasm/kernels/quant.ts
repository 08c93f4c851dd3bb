import type { Kernel } from "../../../contract/kernels.ts";
import { STATUS } from "../threads/control.ts";
import type { Device } from "../device.ts";
import { blockCount, panelBytes, panelFormats } from "../quant-layout.ts";
import { wasmStorage } from "../memory/storage.ts";
import { gatherBy } from "./gather.ts";
import { multiplyPanels } from "./panels.ts";

/** Each row with the roundings of the format's definition, so that it is what `dequantize` gives. */
export const createGatherQuant =
  (device: Device): Kernel<"gatherQuant"> =>
  (out, { table, indices }) => {
    const { handle, format, firstRow, rows, columns } = table;
    const layout = panelFormats[format];
    const rowBytes = 4 * columns;
    gatherBy(device, "gatherQuant", { out, table, indices, rows, rowBytes }, (there, to, picks, n) => {
      there.words(0, wasmStorage(handle).address, to, panelBytes(format, layout, columns), rowBytes, picks);
      there.words(5, blockCount(format, columns), layout.code, STATUS, rows, firstRow);
      there.run("gatherRows", n, Math.ceil(16_384 / Math.max(1, columns)));
    });
  };

export const createQuantMatmul =
  (device: Device): Kernel<"quantMatmul"> =>
  (out, { x, weight, bias }) =>
    device.scoped(() => {
      const matrices = [{ weight, column: 0, bias: bias ? device.wide(bias) : 0 }];
      multiplyPanels(device, { x, norm: null, matrices, out: device.address(out), residual: 0, columns: weight.rows });
    });
