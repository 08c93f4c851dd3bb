import type { StorageHandle, StorageSpec } from "../../../contract/operand.ts";
import { BackendError, DisposedError } from "../../../errors.ts";
import type { DeviceBuffer } from "./buffers.ts";
import type { Failable } from "../commands.ts";
import { tellUsers, type LoggedStorage, type StorageUser } from "../../recording/storage-users.ts";
import type { IndexCheck } from "../index-checks.ts";

/** Memory of the pool, or of recorded work, where it is valid for one run. */
export interface Taken {
  readonly buffer: DeviceBuffer;
  readonly isRecorded: boolean;
  giveBack(): void;
}

const noChecks: readonly IndexCheck[] = [];

/** Elements on the device, in one buffer. */
export class WebGpuStorage implements StorageHandle, Failable, LoggedStorage {
  readonly spec: StorageSpec;
  readonly byteLength: number;
  /** The error of the queued work that should have written it. */
  failure: Error | null = null;
  /** Indices that what is in it depends on, and of which nobody knows yet whether they are inside their tables. */
  checks: readonly IndexCheck[] = noChecks;
  readonly users = new Set<StorageUser>();
  /** Whether it was made by recorded work. */
  readonly isRecorded: boolean;
  #taken: Taken | null;

  constructor(spec: StorageSpec, byteLength: number, taken: Taken) {
    this.spec = spec;
    this.byteLength = byteLength;
    this.isRecorded = taken.isRecorded;
    this.#taken = taken;
  }

  /** @throws DisposedError after release */
  get buffer(): DeviceBuffer {
    if (!this.#taken) throw new DisposedError("storage", "used after it was released");
    return this.#taken.buffer;
  }

  get isReleased(): boolean {
    return this.#taken === null;
  }

  /** All of it is written anew. */
  renew(): void {
    this.failure = null;
    this.checks = noChecks;
  }

  release(): void {
    if (!this.#taken) throw new DisposedError("storage", "used after it was released");
    this.#taken.giveBack();
    this.#taken = null;
    tellUsers(this, "a storage that it uses was freed");
  }
}

/** @throws BackendError for a handle of another backend, and for a matrix in more than one buffer */
export function storageOf(handle: StorageHandle): WebGpuStorage {
  if (handle instanceof WebGpuStorage) return handle;
  if ("shards" in handle)
    throw new BackendError(
      "storage",
      "a matrix of weights that is too large for one storage of this device takes part in linear and gather alone, by whole rows; " +
        "load it in a smaller dtype, or use another backend",
    );
  throw new BackendError("storage", "handle belongs to another backend; move the tensor first");
}
