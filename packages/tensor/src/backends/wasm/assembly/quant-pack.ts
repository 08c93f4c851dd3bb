import { checkedRow } from "./gather";
import { dequantize, pack, unpack } from "./generated/quant-conversions";

// Blocks as files hold them ↔ panels of 8 rows (layouts in scripts/wasm/quant/panel-formats.ts); both directions only move
// bits. Parameters: 0 panels   1 rows of blocks   2 panel bytes   3 row bytes   4 rows   5 blocks of the file's format per
// row   6 format. Unit = one panel.

export function packPanels(p: usize, begin: i32, end: i32, scratch: usize): void {
  const panelBytes = load<usize>(p, 8);
  const rowBytes = load<usize>(p, 12);
  for (let panel = begin; panel < end; panel++) {
    const to = load<usize>(p) + <usize>panel * panelBytes;
    const from = load<usize>(p, 4) + (<usize>panel << 3) * rowBytes;
    const rows = min(8, load<i32>(p, 16) - (panel << 3));
    if (rows < 8) memory.fill(to, 0, panelBytes);
    pack(load<i32>(p, 24), to, from, rowBytes, <usize>rows, load<usize>(p, 20));
  }
}

export function unpackPanels(p: usize, begin: i32, end: i32, scratch: usize): void {
  const rowBytes = load<usize>(p, 12);
  for (let panel = begin; panel < end; panel++) {
    const from = load<usize>(p) + <usize>panel * load<usize>(p, 8);
    const to = load<usize>(p, 4) + (<usize>panel << 3) * rowBytes;
    const rows = min(8, load<i32>(p, 16) - (panel << 3));
    for (let r = 0; r < rows; r++)
      unpack(load<i32>(p, 24), from, <usize>r, to + <usize>r * rowBytes, load<usize>(p, 20));
  }
}

/**
 * Chosen rows of a matrix as f32; 0 for a row number outside it. Parameters: 0 panels   1 out   2 panel bytes   3 out row
 * bytes   4 row numbers (i32)   5 blocks of the file's format per row   6 format   7 status   8 rows   9 the first of them
 * in the panels. Unit = one row number.
 */
export function gatherRows(p: usize, begin: i32, end: i32, scratch: usize): void {
  for (let i = begin; i < end; i++) {
    const found = checkedRow(load<usize>(p, 16) + (<usize>i << 2), load<u32>(p, 32), load<usize>(p, 28));
    const out = load<usize>(p, 4) + <usize>i * load<usize>(p, 12);
    if (found < 0) {
      memory.fill(out, 0, load<usize>(p, 12));
      continue;
    }
    const row = <u32>found + load<u32>(p, 36);
    const panel = load<usize>(p) + <usize>(row >> 3) * load<usize>(p, 8);
    dequantize(load<i32>(p, 24), panel, <usize>(row & 7), out, load<usize>(p, 20));
  }
}
