import type { QuantFormatName } from "../../../contract/operand.ts";
import { quantFormats } from "../../../quant/formats/index.ts";
import { PART_ROWS } from "../../../write-parts.ts";
import { blockFormats, type Plane } from "../wgsl/block-formats.ts";

/** Weights that a kernel takes at a time: consecutive ones of a row, with scales of their own. */
export const UNIT = 32;

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
  const padding = 16 * blockFormats[format].planes.length;
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
  const planes = blockFormats[format].planes.map((one) => {
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
