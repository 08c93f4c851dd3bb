import type { QuantFormatName } from "../../../contract/operand.ts";
import { quantFormats } from "../../../quant/formats/index.ts";
import { PART_ROWS } from "../../../write-parts.ts";

/** Weights that a kernel takes at a time: consecutive ones of a row, with scales of their own. */
export const UNIT = 32;

/** A run of bytes of every block of a format, kept in one piece for all blocks. */
export interface Plane {
  /** Where it begins in a block. */
  readonly offset: number;
  /** A multiple of 4, or 2: then two blocks share a word. */
  readonly bytes: number;
}

/**
 * How the blocks of a format lie on the device: the levels, aligned to 16 bytes, apart from the scales, so that neighbouring
 * threads read neighbouring words. No bit is changed; `wgsl/weight-parts.ts` reads the fields as the format defines them.
 */
export const planesOf: { readonly [F in QuantFormatName]: readonly Plane[] } = {
  // Nibbles, d.
  q4_0: [plane(2, 16), plane(0, 2)],
  // Nibbles, d and m.
  q4_1: [plane(4, 16), plane(0, 4)],
  // Nibbles, fifth bits, d.
  q5_0: [plane(6, 16), plane(2, 4), plane(0, 2)],
  // Nibbles, fifth bits, d and m.
  q5_1: [plane(8, 16), plane(4, 4), plane(0, 4)],
  // Bytes, d.
  q8_0: [plane(2, 32), plane(0, 2)],
  // Pairs of bits, scales and minima, d and dmin.
  q2_K: [plane(16, 64), plane(0, 16), plane(80, 4)],
  // Pairs of bits, third bits, scales, d.
  q3_K: [plane(32, 64), plane(0, 32), plane(96, 12), plane(108, 2)],
  // Nibbles; d, dmin, scales and minima.
  q4_K: [plane(16, 128), plane(0, 16)],
  // Nibbles, fifth bits; d, dmin, scales and minima.
  q5_K: [plane(48, 128), plane(16, 32), plane(0, 16)],
  // Nibbles, pairs of bits, scales, d.
  q6_K: [plane(0, 128), plane(128, 64), plane(192, 16), plane(208, 2)],
  // Nibbles, d.
  iq4_nl: [plane(2, 16), plane(0, 2)],
  // Nibbles; d and scales.
  iq4_xs: [plane(8, 128), plane(0, 8)],
};

function plane(offset: number, bytes: number): Plane {
  return { offset, bytes };
}

/** Rows of a matrix that lie in one buffer. */
export interface ShardLayout {
  readonly firstRow: number;
  readonly rows: number;
  readonly bytes: number;
  /** Where each plane begins, in bytes: a multiple of 16. */
  readonly planes: readonly number[];
}

/** Rows in buffers of at most `limit` bytes; all but the last hold a multiple of the rows that are written at a time. */
export function shardsOf(format: QuantFormatName, rows: number, columns: number, limit: number): ShardLayout[] {
  const { blockSize, blockBytes } = quantFormats[format];
  const blocksPerRow = columns / blockSize;
  const padding = 16 * planesOf[format].length;
  const most = Math.floor((limit - padding) / Math.max(1, blocksPerRow * blockBytes * PART_ROWS)) * PART_ROWS;
  const shards: ShardLayout[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += most) {
    if (most <= 0) return [];
    shards.push(shardLayout(format, firstRow, Math.min(most, rows - firstRow), blocksPerRow));
  }
  return shards;
}

function shardLayout(format: QuantFormatName, firstRow: number, rows: number, blocksPerRow: number): ShardLayout {
  let bytes = 0;
  const planes = planesOf[format].map((one) => {
    const begin = bytes;
    bytes += Math.ceil((one.bytes * rows * blocksPerRow) / 16) * 16;
    return begin;
  });
  return { firstRow, rows, bytes, planes };
}

/** Blocks as half words: all fields lie at even bytes, and files put them anywhere. */
function halvesOf(bytes: Uint8Array): Uint16Array {
  if (bytes.byteOffset % 2 === 0) return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  return new Uint16Array(bytes.slice().buffer, 0, bytes.length / 2);
}

/** The plane of some blocks, filled up to whole words. */
export function takePlane(format: QuantFormatName, { offset, bytes }: Plane, blocks: Uint8Array): Uint16Array {
  const step = quantFormats[format].blockBytes / 2;
  const source = halvesOf(blocks);
  const count = source.length / step;
  const [first, n] = [offset / 2, bytes / 2];
  const taken = new Uint16Array(Math.ceil((count * n) / 2) * 2);
  for (let from = first, to = 0; from < source.length; from += step)
    for (let k = 0; k < n; k++) taken[to++] = source[from + k];
  return taken;
}

/** Puts a plane back into its place in some blocks. */
export function putPlane(
  format: QuantFormatName,
  { offset, bytes }: Plane,
  taken: Uint16Array,
  blocks: Uint16Array,
): void {
  const step = quantFormats[format].blockBytes / 2;
  const [first, n] = [offset / 2, bytes / 2];
  for (let to = first, from = 0; to < blocks.length; to += step)
    for (let k = 0; k < n; k++) blocks[to + k] = taken[from++];
}
