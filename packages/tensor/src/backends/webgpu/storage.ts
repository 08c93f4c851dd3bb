import type { StorageHandle, StorageSpec } from "../../contract/operand.ts";
import { BackendError, DisposedError } from "../../errors.ts";
import type { DeviceBuffer } from "./buffers.ts";
import type { Failable } from "./commands.ts";
import type { IndexCheck } from "./index-checks.ts";

const noChecks: readonly IndexCheck[] = [];

/** Elements on the device, in one buffer. */
export class WebGpuStorage implements StorageHandle, Failable {
  readonly spec: StorageSpec;
  readonly byteLength: number;
  /** The error of the queued work that should have written it. */
  failure: Error | null = null;
  /** Indices that what is in it depends on, and of which nobody knows yet whether they are inside their tables. */
  checks: readonly IndexCheck[] = noChecks;
  #buffer: DeviceBuffer | null;

  constructor(spec: StorageSpec, byteLength: number, buffer: DeviceBuffer) {
    this.spec = spec;
    this.byteLength = byteLength;
    this.#buffer = buffer;
  }

  /** @throws DisposedError after release */
  get buffer(): DeviceBuffer {
    if (!this.#buffer) throw new DisposedError("storage", "used after it was released");
    return this.#buffer;
  }

  release(): DeviceBuffer {
    const { buffer } = this;
    this.#buffer = null;
    return buffer;
  }
}

/** @throws BackendError for a handle of another backend */
export function storageOf(handle: StorageHandle): WebGpuStorage {
  if (!(handle instanceof WebGpuStorage))
    throw new BackendError("storage", "handle belongs to another backend; move the tensor first");
  return handle;
}
