import type { StorageHandle, StorageSpec } from "../../../contract/operand.ts";
import { BackendError } from "../../../errors.ts";
import { quantFormats } from "../../../quant/formats/index.ts";
import { quantRowBytes } from "../../../quant/row-bytes.ts";
import { PART_ROWS } from "../../../write-parts.ts";
import type { KernelContext } from "../kernel-context.ts";
import { putPlane, shardsOf, takePlane, type ShardLayout } from "./quant-layout.ts";
import type { Readback } from "../readback.ts";
import { WebGpuStorage } from "./storage.ts";
import { uploadBytes } from "./upload.ts";
import { blockFormats } from "../wgsl/block-formats.ts";

export type QuantSpec = Extract<StorageSpec, { readonly kind: "quant" }>;

/** Blocks that are taken apart at a time, in bytes at most where 32 rows allow it. */
const CHUNK = 8 * 2 ** 20;

/** Rows of a matrix in one buffer. */
export interface Shard extends ShardLayout {
  readonly storage: WebGpuStorage;
}

/** A matrix in planes, in as many buffers as its bytes ask for. */
export class QuantStorage implements StorageHandle {
  readonly spec: QuantSpec;
  readonly shards: readonly Shard[];
  readonly byteLength: number;

  constructor(spec: QuantSpec, shards: readonly Shard[]) {
    this.spec = spec;
    this.shards = shards;
    this.byteLength = shards.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** @throws BackendError for a handle of another backend */
export function quantStorageOf(handle: StorageHandle): QuantStorage {
  if (!(handle instanceof QuantStorage))
    throw new BackendError("storage", "handle belongs to another backend; move the matrix first");
  return handle;
}

/** @throws BackendError where no 32 rows fit into a buffer */
export function allocQuant({ parts: { device, pool } }: KernelContext, spec: QuantSpec): QuantStorage {
  const { format, rows, columns } = spec;
  const layouts = shardsOf(format, rows, columns, device.limits.storageBytes);
  if (rows > 0 && layouts.length === 0)
    throw new BackendError(
      "webgpu",
      `${PART_ROWS} rows of ${format}[${rows}, ${columns}] exceed this device's limit of ${device.limits.storageBytes} bytes; use another backend`,
      { limit: device.limits.storageBytes },
    );
  const shards = layouts.map((layout): Shard => {
    const words = { kind: "dense", dtype: "u32", length: layout.bytes / 4 } as const;
    // Weights outlive the work that is recorded.
    const buffer = pool.take(layout.bytes);
    const storage = new WebGpuStorage(words, layout.bytes, {
      buffer,
      isRecorded: false,
      giveBack: () => pool.give(buffer),
    });
    return { ...layout, storage };
  });
  return new QuantStorage(spec, shards);
}

/** Takes the blocks of rows apart into planes, from byte `offset` of all blocks on. @throws BackendError unless whole rows */
export function writeBlocks(context: KernelContext, matrix: QuantStorage, offset: number, bytes: Uint8Array): void {
  const { format, rows, columns } = matrix.spec;
  const rowBytes = quantRowBytes(format, columns);
  if (rowBytes === 0) return;
  const [begin, count] = [offset / rowBytes, bytes.length / rowBytes];
  if (begin % PART_ROWS !== 0 || !Number.isInteger(count) || begin + count > rows)
    throw new BackendError(
      "webgpu",
      `write of ${bytes.length} bytes at ${offset}; expected rows of ${rowBytes} bytes`,
      {
        offset,
        bytes: bytes.length,
        rowBytes,
      },
    );
  const perChunk = Math.max(1, Math.floor(CHUNK / rowBytes / PART_ROWS)) * PART_ROWS;
  for (const shard of matrix.shards) {
    const end = Math.min(begin + count, shard.firstRow + shard.rows);
    for (let row = Math.max(begin, shard.firstRow); row < end; row += perChunk) {
      const last = Math.min(row + perChunk, end);
      const blocks = bytes.subarray((row - begin) * rowBytes, (last - begin) * rowBytes);
      writeRows(context, matrix.spec, shard, row - shard.firstRow, blocks);
    }
  }
}

function writeRows(context: KernelContext, spec: QuantSpec, shard: Shard, row: number, blocks: Uint8Array): void {
  const blocksPerRow = spec.columns / quantFormats[spec.format].blockSize;
  blockFormats[spec.format].planes.forEach((plane, i) => {
    const taken = takePlane(spec.format, plane, blocks);
    const at = shard.planes[i] + row * blocksPerRow * plane.bytes;
    uploadBytes(context, shard.storage, at, new Uint8Array(taken.buffer));
  });
}

/** The blocks of a matrix, bit for bit as they were written. */
export async function readBlocks(readback: Readback, { spec, shards }: QuantStorage): Promise<Uint8Array> {
  const { format, rows, columns } = spec;
  const rowBytes = quantRowBytes(format, columns);
  const blocks = new Uint8Array(rows * rowBytes);
  for (const shard of shards) {
    const stored = new Uint16Array((await readback.read(shard.storage)).buffer);
    const into = new Uint16Array(blocks.buffer, shard.firstRow * rowBytes, (shard.rows * rowBytes) / 2);
    blockFormats[format].planes.forEach((plane, i) =>
      putPlane(format, plane, stored.subarray(shard.planes[i] / 2), into),
    );
  }
  return blocks;
}
