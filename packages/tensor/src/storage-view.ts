import type { Backend } from "./contract/backend.ts";
import type { StorageHandle } from "./contract/operand.ts";
import { DisposedError } from "./errors.ts";
import { trackInScope } from "./scope.ts";
import type { Storage } from "./storage.ts";

/** What a view is: in words, and as data for errors. */
export type ViewDescription = { readonly title: string } & Readonly<Record<string, unknown>>;

/**
 * One reference to a storage, with what it is read as: freed by `dispose()`, `using` or the `scope()` it was made in, used
 * afterwards it throws `DisposedError`. The storage goes with its last view.
 */
export abstract class StorageView implements Disposable {
  readonly #storage: Storage;
  #disposed = false;

  /** Takes over one reference of `storage`. */
  constructor(storage: Storage) {
    this.#storage = storage;
    trackInScope(this);
  }

  get backend(): Backend {
    return this.#storage.backend;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** @throws DisposedError */
  get handle(): StorageHandle {
    return this.storageFor("read").handle;
  }

  /** Drops this view; the storage goes with its last one. A second call does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#storage.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The storage, for an operation. @throws DisposedError */
  protected storageFor(op: string): Storage {
    if (!this.#disposed) return this.#storage;
    const { title, ...details } = this.description();
    const message = `${title} was disposed; keep() it or return it from the scope it was made in`;
    throw new DisposedError(op, message, details);
  }

  protected abstract description(): ViewDescription;
}
