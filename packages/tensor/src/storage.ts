import type { Backend } from "./contract/backend.ts";
import type { StorageHandle, StorageSpec } from "./contract/operand.ts";
import { DisposedError } from "./errors.ts";

/**
 * Ref-counted owner of one backend handle. Every tensor that views it holds one reference; the handle is released
 * when the last one is dropped.
 */
export class Storage {
  readonly backend: Backend;
  readonly #handle: StorageHandle;
  #references = 1;

  constructor(backend: Backend, spec: StorageSpec) {
    this.backend = backend;
    this.#handle = backend.alloc(spec);
  }

  get disposed(): boolean {
    return this.#references === 0;
  }

  /** @throws DisposedError when the storage was released. */
  get handle(): StorageHandle {
    if (this.#references === 0)
      throw new DisposedError("storage", "used after it was disposed; keep the tensor alive until its last use");
    return this.#handle;
  }

  retain(): this {
    if (this.#references === 0) throw new DisposedError("storage", "retained after it was disposed");
    this.#references++;
    return this;
  }

  release(): void {
    if (this.#references === 0) throw new DisposedError("storage", "released more often than it was retained");
    if (--this.#references === 0) this.backend.release(this.#handle);
  }
}
