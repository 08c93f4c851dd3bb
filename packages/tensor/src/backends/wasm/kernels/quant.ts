import type { Kernel } from "../../../contract/kernels.ts";
import { STATUS } from "../threads/control.ts";
import type { KernelContext } from "../kernel-context.ts";
import { blockCount, panelBytes, panelFormats } from "../quant-layout.ts";
import { wasmStorage } from "../memory/storage.ts";
import { gatherBy } from "./gather.ts";
import { multiplyPanels } from "./panels.ts";

/** Each row with the roundings of the format's definition, so that it is what `dequantize` gives. */
export const createGatherQuant =
  (context: KernelContext): Kernel<"gatherQuant"> =>
  (out, { table, indices }) => {
    const { handle, format, firstRow, rows, columns } = table;
    const layout = panelFormats[format];
    const rowBytes = 4 * columns;
    gatherBy(context, "gatherQuant", { out, table, indices, rows, rowBytes }, (there, to, picks, n) => {
      there.words(0, wasmStorage(handle).address, to, panelBytes(format, layout, columns), rowBytes, picks);
      there.words(5, blockCount(format, columns), layout.code, STATUS, rows, firstRow);
      there.run("gatherRows", n, Math.ceil(16_384 / Math.max(1, columns)));
    });
  };

export const createQuantMatmul =
  (context: KernelContext): Kernel<"quantMatmul"> =>
  (out, { x, weight, bias }) =>
    context.scoped(() => {
      const matrices = [{ weight, column: 0, bias: bias ? context.wide(bias) : 0 }];
      multiplyPanels(context, {
        x,
        norm: null,
        matrices,
        out: context.address(out),
        residual: 0,
        columns: weight.rows,
      });
    });
