import type { StorageSpec } from "../../contract/operand.ts";
import { BackendError } from "../../errors.ts";
import { quantRowBytes } from "../../quant/row-bytes.ts";
import type { KernelContext } from "./kernel-context.ts";
import { blockCount, panelBytes, panelCount, panelFormats, PANEL_ROWS, type PanelFormat } from "./quant-layout.ts";
import type { WasmStorage } from "./memory/storage.ts";

type QuantSpec = Extract<StorageSpec, { readonly kind: "quant" }>;

/** Bytes a matrix takes in memory. */
export function quantBytes({ format, rows, columns }: QuantSpec): number {
  const layout = panelFormats[format];
  return panelCount(rows) * panelBytes(format, layout, columns);
}

/** Bytes of the same matrix as blocks. */
export function fileBytes({ format, rows, columns }: QuantSpec): number {
  return rows * quantRowBytes(format, columns);
}

/** Packs the blocks of rows into panels, from byte `offset` of all blocks on, where a panel begins. */
export function writeBlocks(
  context: KernelContext,
  storage: WasmStorage,
  spec: QuantSpec,
  offset: number,
  bytes: Uint8Array,
): void {
  const layout = panelFormats[spec.format];
  const rowBytes = quantRowBytes(spec.format, spec.columns);
  const [begin, rows] = rowBytes === 0 ? [0, 0] : [offset / rowBytes, bytes.length / rowBytes];
  if (begin % PANEL_ROWS !== 0 || !Number.isInteger(rows))
    throw new BackendError("wasm", `write of ${bytes.length} bytes at ${offset}; expected whole rows of ${rowBytes}`, {
      offset,
      bytes: bytes.length,
      rowBytes,
    });
  const lent = context.arena.addressOf(bytes);
  if (lent !== null) return convert(context, "packPanels", storage, spec, layout, lent, begin, rows);
  forEachChunk(context, rows, rowBytes, (buffer, first, count) => {
    context.arena.u8.set(bytes.subarray(first * rowBytes, (first + count) * rowBytes), buffer);
    convert(context, "packPanels", storage, spec, layout, buffer, begin + first, count);
  });
}

/** The blocks of a matrix, bit for bit as they were written. */
export function readBlocks(context: KernelContext, storage: WasmStorage, spec: QuantSpec): Uint8Array {
  const layout = panelFormats[spec.format];
  const rowBytes = quantRowBytes(spec.format, spec.columns);
  const blocks = new Uint8Array(spec.rows * rowBytes);
  forEachChunk(context, spec.rows, rowBytes, (buffer, first, rows) => {
    convert(context, "unpackPanels", storage, spec, layout, buffer, first, rows);
    blocks.set(context.arena.u8.subarray(buffer, buffer + rows * rowBytes), first * rowBytes);
  });
  return blocks;
}

function forEachChunk(
  context: KernelContext,
  rows: number,
  rowBytes: number,
  fn: (buffer: number, first: number, rows: number) => void,
): void {
  const perChunk = Math.max(
    PANEL_ROWS,
    Math.floor(context.arena.portion / Math.max(1, rowBytes) / PANEL_ROWS) * PANEL_ROWS,
  );
  context.scoped(() => {
    const buffer = context.temporary(Math.min(rows, perChunk) * rowBytes);
    for (let first = 0; first < rows; first += perChunk) fn(buffer, first, Math.min(perChunk, rows - first));
  });
}

function convert(
  context: KernelContext,
  kernel: "packPanels" | "unpackPanels",
  storage: WasmStorage,
  { format, columns }: QuantSpec,
  layout: PanelFormat,
  buffer: number,
  first: number,
  rows: number,
): void {
  const size = panelBytes(format, layout, columns);
  const panel = storage.address + (first / PANEL_ROWS) * size;
  context.words(0, panel, buffer, size, quantRowBytes(format, columns), rows, blockCount(format, columns), layout.code);
  context.run(kernel, panelCount(rows), Math.ceil(32_768 / Math.max(1, size)));
}
