import type { Kernel } from "../../../kernels.ts";
import { quantFormats } from "../../../quant/formats.ts";
import { quantRowBytes } from "../../../quant/row-bytes.ts";
import { arrayOf } from "../../host-memory.ts";
import type { Device } from "../device.ts";
import { panelBytes, panelCount, panelFormats, PANEL_ROWS, recordBytes, RECORD_WEIGHTS } from "../quant-layout.ts";
import { unpackRow } from "../quant-store.ts";
import { wasmStorage } from "../storage.ts";
import { checkIndices } from "./move.ts";
import { matrix } from "./products.ts";

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

/**
 * Activations are quantised per 32 (8 bits beside 4- and 6-bit weights, 16 beside 8-bit ones), integer sums are exact and
 * the blocks are added in order in f32. Formats without panels are dequantised as on the cpu backend.
 */
export const createQuantMatmul =
  (device: Device, other: Kernel<"quantMatmul">): Kernel<"quantMatmul"> =>
  (out, inputs, params) => {
    const { x, weight, bias } = inputs;
    const layout = panelFormats[weight.format];
    if (!layout) return other(out, inputs, params);
    const { rows: N, columns: K, format, firstRow } = weight;
    const [M] = x.layout.shape;
    if (M === 0 || N === 0) return;
    device.scoped(() => {
      const blocks = K / RECORD_WEIGHTS;
      const record = recordBytes[layout.activation];
      const left = matrix(device, x, 0, false);
      const shift = bias ? device.wide(bias) : 0;
      const packed = device.temporary(M * blocks * record);
      device.words(0, packed, left.address, left.stride, M, blocks);
      device.run(layout.activation === 8 ? "quantize8" : "quantize16", M, Math.ceil(16_384 / Math.max(1, K)));
      const size = panelBytes(format, layout, K);
      const firstPanel = Math.floor(firstRow / PANEL_ROWS);
      const panels = panelCount(firstRow + N) - firstPanel;
      const panel = wasmStorage(weight.handle).address + firstPanel * size;
      device.words(0, packed, panel, size, device.address(out), 4 * N, shift, M, N, blocks);
      device.words(9, layout.code, record, firstRow % PANEL_ROWS);
      device.run("quantMatmul", panels, Math.ceil(131_072 / Math.max(1, M * size)));
    });
  };
