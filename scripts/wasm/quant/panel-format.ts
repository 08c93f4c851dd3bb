/**
 * How a block format lies in a panel: 8 rows side by side, 32 columns of each to a block. A row's weights are levels `q`,
 * taken 4 columns (one step) at a time; block byte `at + 4·row + t` holds bits of column `4·step + t`.
 */

/** `bits` bits of every level: each byte holds those of 8 / bits successive steps, from its low bits up. */
export interface Plane {
  readonly bits: 1 | 2 | 4;
  /** First byte in the block; steps beyond a byte's capacity follow 32 bytes later. */
  readonly at: number;
  /** Lowest of these bits in the level. */
  readonly to: number;
}

/** Bits of four neighbouring levels in a file: `bits` bits of each of the four bytes of a word. */
export interface FilePart {
  /** Expression of the word's offset in the file's block. */
  readonly word: string;
  readonly shift: string;
  readonly bits: 1 | 2 | 4 | 8;
  readonly to: number;
  /** The four bits lie side by side in the word instead of a byte each. */
  readonly adjacent?: true;
}

/** An f16 in the header of a panel's 256 columns, or in each block of 32; row r's is at `at + 2·r`. */
export interface HalfField {
  readonly name: "d" | "m";
  readonly at: number;
  /** Offset in the file's block. */
  readonly file: number;
}

/** A small integer per row and group of columns; row r's of group g is at `at + 8·g + r` in the block. */
export interface ByteField {
  readonly name: "scale" | "min";
  readonly at: number;
  readonly signed: boolean;
  /** Half of the byte, where two fields share one. */
  readonly nibble?: "low" | "high";
}

export interface PanelFormat {
  readonly name: string;
  readonly code: number;
  /** Bytes of a block in the file. */
  readonly fileBytes: number;
  /** Blocks of 32 columns in a block of the file; 8 come behind a header. */
  readonly subBlocks: 1 | 8;
  /** Bytes of the header, 0 where there is none, and of each block behind it. */
  readonly headBytes: number;
  readonly blockBytes: number;
  /** Bits of a quantised activation. */
  readonly activation: 8 | 16;
  /** Columns with one scale. */
  readonly group: 16 | 32;
  /** Where the four levels of word w (columns 4w … 4w + 3) of sub-block s lie in the file. */
  readonly file: (w: number) => readonly FilePart[];
  /** Empty for whole bytes, which lie two columns a step: `32·w + 2·row` and 16 bytes on. */
  readonly planes: readonly Plane[];
  readonly halves: readonly HalfField[];
  readonly bytes: readonly ByteField[];
  /** Statements that carry the byte fields between file and panel; names of assembly/quant-scales.ts. */
  readonly scales?: { readonly pack: readonly string[]; readonly unpack: readonly string[] };
  /** Subtracted from a level; with `digits` from the value of a level. */
  readonly offset: number;
  /** Levels are looked up as signed bytes, whose products only 32 bits can add up; what plain SIMD does instead of digits. */
  readonly values?: true;
  /** Levels are numbers of a table, `offset + 17·first + second` of which is the value; both digits fit 5 bits. */
  readonly digits?: true;
}

/** Largest level (or digit) that a dot product meets. */
const largestLevel = ({ planes, digits }: PanelFormat): number =>
  digits ? 16 : planes.reduce((sum, { bits, to }) => sum | (((1 << bits) - 1) << to), 0);

/** A format with digits as plain SIMD multiplies it: there the products of two digits cost more than wide sums. */
export const withValues = ({ digits: _, ...format }: PanelFormat): PanelFormat => ({
  ...format,
  values: true,
  offset: 0,
});

/** Dot products of bytes that a sum of 16 bits holds: each adds at most two products of 127 · the largest level. */
export const dotsThatFit = (format: PanelFormat): number => Math.floor(32767 / (2 * 127 * largestLevel(format)));
