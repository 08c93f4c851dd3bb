import type { MemoryInfo } from "../../contract/backend.ts";
import type { StorageHandle, StorageSpec } from "../../contract/operand.ts";
import { dtypes, type TypedArray } from "../../dtypes/dtype.ts";
import { BackendError, DisposedError } from "../../errors.ts";
import { quantRowBytes } from "../../quant/row-bytes.ts";

/** Storage in the JavaScript heap: one typed array. */
export class HostStorage implements StorageHandle {
  readonly spec: StorageSpec;
  #array: TypedArray | null;

  constructor(spec: StorageSpec, array: TypedArray) {
    this.spec = spec;
    this.#array = array;
  }

  /** @throws DisposedError after release */
  get array(): TypedArray {
    if (!this.#array) throw new DisposedError("storage", "used after it was released");
    return this.#array;
  }

  /** Drops the array and says how many bytes that frees. */
  release(): number {
    const bytes = this.array.byteLength;
    this.#array = null;
    return bytes;
  }
}

/** The typed array behind a handle of a host backend. */
export function arrayOf(handle: StorageHandle): TypedArray {
  if (!(handle instanceof HostStorage))
    throw new BackendError("storage", "handle belongs to another backend; move the tensor first");
  return handle.array;
}

/** Allocator with exact counts for backends whose storages are plain typed arrays. */
export class HostMemory {
  readonly #name: string;
  #handles = 0;
  #bytes = 0;
  #peakBytes = 0;
  #disposed = false;

  constructor(name: string) {
    this.#name = name;
  }

  alloc(spec: StorageSpec): HostStorage {
    if (this.#disposed) throw new DisposedError(this.#name, "backend was disposed; create a new one");
    const [type, size] = sizeOfSpec(spec);
    let buffer: ArrayBuffer;
    try {
      buffer = new ArrayBuffer(size);
    } catch (cause) {
      throw new BackendError(
        this.#name,
        `out of memory for ${size} bytes of ${type}; free tensors or use a smaller dtype`,
        { spec },
        { cause },
      );
    }
    this.#handles++;
    this.#bytes += size;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    return new HostStorage(spec, arrayFor(spec, buffer));
  }

  release(handle: StorageHandle): void {
    if (this.#disposed) return;
    this.#bytes -= (handle as HostStorage).release();
    this.#handles--;
  }

  write(handle: StorageHandle, bytes: Uint8Array, offset = 0): void {
    const array = arrayOf(handle);
    if (offset + bytes.byteLength > array.byteLength)
      throw new BackendError(
        this.#name,
        `write of ${offset + bytes.byteLength} bytes into a storage of ${array.byteLength}`,
      );
    new Uint8Array(array.buffer, array.byteOffset + offset, bytes.byteLength).set(bytes);
  }

  read(handle: StorageHandle): Uint8Array {
    const array = arrayOf(handle);
    return new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
  }

  info(): MemoryInfo {
    return { handles: this.#handles, bytes: this.#bytes, peakBytes: this.#peakBytes };
  }

  dispose(): void {
    this.#disposed = true;
    this.#handles = 0;
    this.#bytes = 0;
  }
}

/** Dtype or format, and bytes. */
function sizeOfSpec(spec: StorageSpec): readonly [string, number] {
  return spec.kind === "dense"
    ? [spec.dtype, spec.length * dtypes[spec.dtype].bytes]
    : [spec.format, spec.rows * quantRowBytes(spec.format, spec.columns)];
}

/** Quantised matrices are kept as the blocks of their format, in bytes. */
function arrayFor(spec: StorageSpec, buffer: ArrayBuffer): TypedArray {
  return spec.kind === "dense" ? dtypes[spec.dtype].view(buffer, 0, spec.length) : new Uint8Array(buffer);
}
