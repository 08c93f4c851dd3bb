import type { Backend } from "./contract/backend.ts";
import type { QuantFormatName, QuantOperand } from "./contract/operand.ts";
import { BackendError, ShapeError } from "./errors.ts";
import { kernelPath } from "./contract/kernel-table.ts";
import { checkShape } from "./layout.ts";
import { dequantize } from "./quant/dequantize.ts";
import { quantRowBytes } from "./quant/row-bytes.ts";
import { Storage } from "./storage.ts";
import { StorageView, type ViewDescription } from "./storage-view.ts";
import { writeParts } from "./write-parts.ts";

/**
 * A matrix `[rows, columns]` in a block-quantised format, on one backend: the weights of a linear layer or the rows of an
 * embedding. It is multiplied by (`quantMatmul`) and looked up in (`gatherQuant`) as it is stored, never written into.
 * Freed as tensors are; `narrowRows` and `share` give views of the same storage.
 */
export class QuantMatrix extends StorageView implements QuantOperand {
  readonly format: QuantFormatName;
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: number;

  /** Takes over one reference of `storage`. Use `fromBlocks` instead. */
  constructor(storage: Storage, format: QuantFormatName, [rows, columns]: readonly [number, number], firstRow = 0) {
    super(storage);
    this.format = format;
    this.firstRow = firstRow;
    this.rows = rows;
    this.columns = columns;
  }

  /** A matrix of which nothing was written yet. @throws what `fromBlocks` throws for the format */
  static empty(backend: Backend, format: QuantFormatName, [rows, columns]: readonly [number, number]): QuantMatrix {
    checkedBytes(backend, format, rows, columns);
    return new QuantMatrix(new Storage(backend, { kind: "quant", format, rows, columns }), format, [rows, columns]);
  }

  /**
   * A matrix of blocks, as `quantize` makes them and a GGUF file holds them: row after row, `quantRowBytes(format, columns)` bytes each.
   *
   * @throws QuantError when the columns do not fill blocks, ShapeError when the bytes are not the shape's, BackendError
   *   when the backend stores no such matrices (`storesQuant`) or is out of memory
   * @example
   * const values = Float32Array.from({ length: 64 }, (_, i) => i / 64);
   * using matrix = QuantMatrix.fromBlocks(backend, "q4_0", [2, 32], quantize("q4_0", values, 32));
   * console.log([matrix.rows, matrix.columns]); // [ 2, 32 ]
   */
  static fromBlocks(
    backend: Backend,
    format: QuantFormatName,
    [rows, columns]: readonly [number, number],
    bytes: Uint8Array,
  ): QuantMatrix {
    const expected = checkedBytes(backend, format, rows, columns);
    if (bytes.byteLength !== expected)
      throw new ShapeError(
        "QuantMatrix",
        `${bytes.byteLength} bytes do not fit ${format}[${rows}, ${columns}] (${expected})`,
        { given: bytes.byteLength, expected, format, shape: [rows, columns] },
      );
    const storage = new Storage(backend, { kind: "quant", format, rows, columns });
    try {
      backend.write(storage.handle, bytes);
    } catch (error) {
      storage.release();
      throw error;
    }
    return new QuantMatrix(storage, format, [rows, columns]);
  }

  /**
   * As `fromBlocks`, of blocks that come in order and in parts, each used before the next is asked for: beside the matrix no
   * more than a part is held. Every part but the last holds a multiple of `PART_ROWS` rows.
   *
   * @throws what `fromBlocks` throws, and what the parts throw; nothing is held then
   */
  static async fromParts(
    backend: Backend,
    format: QuantFormatName,
    [rows, columns]: readonly [number, number],
    parts: AsyncIterable<Uint8Array>,
  ): Promise<QuantMatrix> {
    const expected = checkedBytes(backend, format, rows, columns);
    const storage = new Storage(backend, { kind: "quant", format, rows, columns });
    try {
      await writeParts(backend, storage.handle, expected, parts);
    } catch (error) {
      storage.release();
      throw error;
    }
    return new QuantMatrix(storage, format, [rows, columns]);
  }

  /** `[rows, columns]` */
  get shape(): readonly [number, number] {
    return [this.rows, this.columns];
  }

  /** Another view of all rows, disposed by itself. */
  share(): QuantMatrix {
    return this.narrowRows(0, this.rows);
  }

  /** View of `length` rows from `start`. @throws ShapeError */
  narrowRows(start: number, length: number): QuantMatrix {
    const storage = this.storageFor("narrowRows");
    if (!Number.isInteger(start) || !Number.isInteger(length) || start < 0 || length < 0 || start + length > this.rows)
      throw new ShapeError("narrowRows", `[${start}, ${start + length}) is outside the ${this.rows} rows`, {
        start,
        length,
        rows: this.rows,
      });
    return new QuantMatrix(storage.retain(), this.format, [length, this.columns], this.firstRow + start);
  }

  /** The blocks, as `fromBlocks` takes them. A copy. */
  async blocks(): Promise<Uint8Array> {
    const { handle } = this.storageFor("blocks");
    const rowBytes = quantRowBytes(this.format, this.columns);
    const [begin, end] = [this.firstRow * rowBytes, (this.firstRow + this.rows) * rowBytes];
    const all = await this.backend.read(handle);
    return end - begin === all.length ? all : all.slice(begin, end);
  }

  /** The weights in row-major order, exactly as the format defines them. A copy. */
  async data(): Promise<Float32Array> {
    this.storageFor("data");
    return dequantize(this.format, await this.blocks());
  }

  override toString(): string {
    const state = this.disposed ? ", disposed" : "";
    return `QuantMatrix(${this.format}[${this.rows}, ${this.columns}] on ${this.backend.name}${state})`;
  }

  protected override description(): ViewDescription {
    const { format, shape } = this;
    return { title: `matrix ${format}[${this.rows}, ${this.columns}]`, format, shape };
  }
}

/** Bytes of a matrix that the backend stores. */
function checkedBytes(backend: Backend, format: QuantFormatName, rows: number, columns: number): number {
  checkShape("QuantMatrix", [rows, columns]);
  const bytes = rows * quantRowBytes(format, columns);
  if (storesQuant(backend, format)) return bytes;
  throw new BackendError("QuantMatrix", `"${backend.name}" stores no ${format} matrices; dequantize() them`, {
    backend: backend.name,
    format,
  });
}

/** Whether a backend keeps matrices of this format: whether it can at least look up their rows. */
export function storesQuant(backend: Backend, format: QuantFormatName): boolean {
  return kernelPath(backend, "gatherQuant", "f32", { table: { format }, indices: { dtype: "i32" } }) !== null;
}
