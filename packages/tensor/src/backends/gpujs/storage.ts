import type { StorageHandle, StorageSpec } from "../../backend.ts";
import { dtypes, type DType, type TypedArray } from "../../dtype.ts";
import { BackendError, DisposedError } from "../../errors.ts";
import type { DeviceArray } from "./program.ts";

/** `plain`: one f32 per element. The others: 16-bit patterns as `packHalves` lays them out. */
export type Encoding = "plain" | "f16" | "bf16";

/** Elements on the device, in as many arrays as its limit asks for; all but the last hold `shardLength` elements. */
export interface Shards {
  readonly kind: "shards";
  readonly arrays: readonly DeviceArray[];
  readonly shardLength: number;
  readonly length: number;
  readonly encoding: Encoding;
  /** What each of the 65,536 patterns of an encoding stands for. */
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

/** A storage whose content is replaced, never changed in place; new ones read as zeros. */
export class GpuJsStorage implements StorageHandle {
  readonly spec: StorageSpec;
  readonly dtype: DType;
  readonly length: number;
  content: Constant | Elements = { kind: "constant", value: 0 };
  /** The error of the queued work that should have written it. */
  failure: Error | null = null;
  released = false;

  constructor(spec: StorageSpec, dtype: DType, length: number) {
    this.spec = spec;
    this.dtype = dtype;
    this.length = length;
  }

  /** Bytes held; before the first write, the bytes that it will take. */
  get bytes(): number {
    const { content, dtype, length } = this;
    // Integers live in the heap in their own width, floats and bools on the device as f32.
    if (content.kind === "constant") return length * (dtypes[dtype].kind === "int" ? dtypes[dtype].bytes : 4);
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
