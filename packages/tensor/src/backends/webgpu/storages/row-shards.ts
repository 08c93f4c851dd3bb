import type { Operand, StorageHandle, StorageSpec } from "../../../contract/operand.ts";
import { dtypes } from "../../../dtypes/dtype.ts";
import { isContiguous } from "../../../layout.ts";
import { PART_ROWS } from "../../../write-parts.ts";
import type { KernelContext } from "../kernel-context.ts";
import { UNIT } from "./quant-layout.ts";
import type { Readback } from "../readback.ts";
import { WebGpuStorage } from "./storage.ts";
import { uploadBytes } from "./upload.ts";

export type DenseSpec = Extract<StorageSpec, { readonly kind: "dense" }>;

/** Rows of a dense matrix in one buffer. */
export interface RowShard {
  readonly firstRow: number;
  readonly rows: number;
  readonly storage: WebGpuStorage;
}

/** A dense matrix of weights in more than one buffer, row after row: for `linear` and `gather`. */
export class RowShards implements StorageHandle {
  readonly spec: DenseSpec;
  readonly columns: number;
  readonly rowBytes: number;
  readonly shards: readonly RowShard[];

  constructor(spec: DenseSpec, columns: number, shards: readonly RowShard[]) {
    this.spec = spec;
    this.columns = columns;
    this.rowBytes = columns * dtypes[spec.dtype].bytes;
    this.shards = shards;
  }

  get byteLength(): number {
    return this.spec.length * dtypes[this.spec.dtype].bytes;
  }
}

/** Whether a matrix of weights that is too large for one buffer can lie in several: its rows are whole units, and some fit. */
function rowsPerShard({ dtype, columns = 0, weights }: DenseSpec, storageBytes: number): number {
  if (!weights || columns === 0 || columns % UNIT !== 0) return 0;
  return Math.floor(storageBytes / (columns * dtypes[dtype].bytes) / PART_ROWS) * PART_ROWS;
}

/** A matrix that no single buffer holds, in several; null where it cannot be split. */
export function allocRows({ parts: { device, pool } }: KernelContext, spec: DenseSpec): RowShards | null {
  const { columns = 0, dtype, length } = spec;
  const most = rowsPerShard(spec, device.limits.storageBytes);
  if (most === 0) return null;
  const rows = length / columns;
  const shards = Array.from({ length: Math.ceil(rows / most) }, (_, i): RowShard => {
    const count = Math.min(most, rows - i * most);
    const bytes = count * columns * dtypes[dtype].bytes;
    // Weights outlive the work that is recorded.
    const buffer = pool.take(bytes);
    const taken = { buffer, isRecorded: false, giveBack: () => pool.give(buffer) };
    const part = { ...spec, length: count * columns };
    return { firstRow: i * most, rows: count, storage: new WebGpuStorage(part, bytes, taken) };
  });
  return new RowShards(spec, columns, shards);
}

/** Writes bytes of the matrix from byte `offset` on. */
export function writeRows(context: KernelContext, matrix: RowShards, offset: number, bytes: Uint8Array): void {
  for (const { firstRow, storage } of matrix.shards) {
    const start = firstRow * matrix.rowBytes;
    const begin = Math.max(offset, start);
    const end = Math.min(offset + bytes.length, start + storage.byteLength);
    if (begin < end) uploadBytes(context, storage, begin - start, bytes.subarray(begin - offset, end - offset));
  }
}

export async function readRows(readback: Readback, matrix: RowShards): Promise<Uint8Array> {
  const bytes = new Uint8Array(matrix.byteLength);
  for (const { firstRow, storage } of matrix.shards)
    bytes.set(await readback.read(storage), firstRow * matrix.rowBytes);
  return bytes;
}

/** Rows of an operand [rows, columns] that lie in one buffer, as an operand of their own. */
export interface RowPiece {
  /** Row of the operand that is the first here. */
  readonly row: number;
  readonly operand: Operand;
}

/** The rows of an operand, buffer by buffer; null where it lies in one, or is no run of whole rows. */
export function rowPieces({ handle, layout, dtype }: Operand): RowPiece[] | null {
  if (!(handle instanceof RowShards)) return null;
  const { columns, shards } = handle;
  const [rows, width] = layout.shape;
  if (layout.shape.length !== 2 || width !== columns || !isContiguous(layout) || layout.offset % columns !== 0)
    return null;
  const first = layout.offset / columns;
  return shards.flatMap((shard): RowPiece[] => {
    const begin = Math.max(first, shard.firstRow);
    const end = Math.min(first + rows, shard.firstRow + shard.rows);
    if (begin >= end) return [];
    const part = { ...layout, shape: [end - begin, columns], offset: (begin - shard.firstRow) * columns };
    return [{ row: begin - first, operand: { handle: shard.storage, layout: part, dtype } }];
  });
}
