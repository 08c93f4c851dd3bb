import type { Kernel } from "../../../kernels.ts";
import { quantFormats } from "../../../quant/formats.ts";
import { quantRowBytes } from "../../../quant/row-bytes.ts";
import { arrayOf } from "../../host-memory.ts";
import type { Device } from "../device.ts";
import { unpackRow } from "../quant-store.ts";
import { wasmStorage } from "../storage.ts";
import { checkIndices } from "./move.ts";
import { hasPanels, multiplyPanels } from "./panels.ts";

/** Rows as blocks, then by the format's definition: exact, and a few microseconds per token. */
export const createGatherQuant =
  (device: Device): Kernel<"gatherQuant"> =>
  (out, { table, indices }) => {
    const { format, firstRow, rows, columns } = table;
    checkIndices("gatherQuant", indices, rows);
    const storage = wasmStorage(table.handle);
    const { offset, shape, strides } = indices.layout;
    const rowBytes = quantRowBytes(format, columns);
    device.scoped(() => {
      const buffer = device.temporary(rowBytes);
      const target = device.address(out) / 4;
      // After the last allocation: growth makes views stale.
      const picks = arrayOf(indices.handle);
      for (let i = 0; i < shape[0]; i++) {
        unpackRow(device, storage, format, columns, firstRow + picks[offset + i * strides[0]], buffer);
        const to = target + i * columns;
        const { u8, f32 } = device.arena;
        quantFormats[format].dequantizeRow(u8.subarray(buffer, buffer + rowBytes), f32.subarray(to, to + columns));
      }
    });
  };

/** Formats without panels are dequantised as on the cpu backend. */
export const createQuantMatmul =
  (device: Device, other: Kernel<"quantMatmul">): Kernel<"quantMatmul"> =>
  (out, inputs, params) => {
    const { x, weight, bias } = inputs;
    if (!hasPanels(weight)) return other(out, inputs, params);
    device.scoped(() => {
      const matrices = [{ weight, column: 0, bias: bias ? device.wide(bias) : 0 }];
      multiplyPanels(device, { x, norm: null, matrices, out: device.address(out), residual: 0, columns: weight.rows });
    });
  };
