import type { StorageHandle, StorageSpec } from "../../contract/operand.ts";
import type { DType, TypedArray } from "../../dtypes/dtype.ts";
import { BackendError, DisposedError } from "../../errors.ts";
import type { Encoding } from "./encodings.ts";
import type { DeviceArray } from "./program.ts";

/** Elements on the device, in as many arrays as its limit asks for; all but the last hold `shardLength` elements. */
export interface Shards {
  readonly kind: "shards";
  readonly arrays: readonly DeviceArray[];
  readonly shardLength: number;
  readonly length: number;
  readonly encoding: Encoding;
  /** What each of the 65,536 patterns that the encoding holds stands for. */
  readonly table: DeviceArray | null;
}

/** One value for all elements: it travels as a kernel argument and takes no memory. */
export interface Constant {
  readonly kind: "constant";
  readonly value: number;
}

/** The same elements in the JavaScript heap, on the device, or in both. */
export interface Elements {
  readonly kind: "elements";
  readonly host: TypedArray | null;
  readonly device: Shards | null;
}

/**
 * A storage whose content is replaced, never changed in place; new ones read as zeros. The elements of a quantised matrix
 * are the bytes of its blocks.
 */
export class GpuJsStorage implements StorageHandle {
  readonly spec: StorageSpec;
  readonly dtype: DType;
  readonly length: number;
  /** How it is uploaded. */
  readonly encoding: Encoding;
  content: Constant | Elements = { kind: "constant", value: 0 };
  /** The error of the queued work that should have written it. */
  failure: Error | null = null;
  released = false;
  readonly #reserved: number;

  /** @param reserved bytes that it will take once written */
  constructor(spec: StorageSpec, dtype: DType, length: number, encoding: Encoding, reserved: number) {
    this.spec = spec;
    this.dtype = dtype;
    this.length = length;
    this.encoding = encoding;
    this.#reserved = reserved;
  }

  /** Bytes held; before the first write, the bytes that it will take. */
  get bytes(): number {
    const { content } = this;
    if (content.kind === "constant") return this.#reserved;
    const device = content.device?.arrays.reduce((sum, array) => sum + 4 * array.length, 0) ?? 0;
    return (content.host?.byteLength ?? 0) + device;
  }
}

/** The storage behind a handle of this backend. @throws BackendError, DisposedError */
export function storageOf(handle: StorageHandle): GpuJsStorage {
  if (!(handle instanceof GpuJsStorage))
    throw new BackendError("storage", "handle belongs to another backend; move the tensor first");
  if (handle.released) throw new DisposedError("storage", "used after it was released");
  return handle;
}
