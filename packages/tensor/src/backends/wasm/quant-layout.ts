import type { QuantFormatName } from "../../contract/operand.ts";
import { quantFormats } from "../../quant/formats/index.ts";

/** How a format lies in memory as panels of 8 rows; scripts/wasm/quant/panel-formats.ts has the layouts. */
export interface PanelFormat {
  /** The kernels' number for it. */
  readonly code: number;
  /** Bytes of 8 rows × one block of the format. */
  readonly blockBytes: number;
  /** Bits of a quantised activation. */
  readonly activation: 8 | 16;
}

export const panelFormats: { readonly [K in QuantFormatName]: PanelFormat } = {
  q4_0: { code: 0, blockBytes: 144, activation: 8 },
  q4_1: { code: 1, blockBytes: 160, activation: 8 },
  q4_K: { code: 2, blockBytes: 32 + 8 * 144, activation: 8 },
  q6_K: { code: 3, blockBytes: 16 + 8 * 208, activation: 8 },
  q8_0: { code: 4, blockBytes: 272, activation: 16 },
  q5_0: { code: 5, blockBytes: 176, activation: 8 },
  q5_1: { code: 6, blockBytes: 192, activation: 8 },
  q5_K: { code: 7, blockBytes: 32 + 8 * 176, activation: 8 },
  q3_K: { code: 8, blockBytes: 16 + 8 * 112, activation: 8 },
  q2_K: { code: 9, blockBytes: 32 + 8 * 80, activation: 8 },
  iq4_nl: { code: 10, blockBytes: 144, activation: 8 },
  iq4_xs: { code: 11, blockBytes: 16 + 8 * 136, activation: 8 },
};

/** Rows of a panel; the last one is padded with zeros. */
export const PANEL_ROWS = 8;
/** Weights of a row per record of activations. */
export const RECORD_WEIGHTS = 32;

/** Bytes of a record of activations, by its bits. */
export const recordBytes: { readonly 8: number; readonly 16: number } = { 8: 64, 16: 80 };

export const panelCount = (rows: number): number => Math.ceil(rows / PANEL_ROWS);

/** Blocks of the file's format in a row of `columns`. */
export const blockCount = (format: QuantFormatName, columns: number): number =>
  columns / quantFormats[format].blockSize;

/** Bytes of one panel of a matrix of `columns`. */
export const panelBytes = (format: QuantFormatName, layout: PanelFormat, columns: number): number =>
  blockCount(format, columns) * layout.blockBytes;
