import type { StorageSpec } from "../../backend.ts";
import { BackendError } from "../../errors.ts";
import { Device } from "./device.ts";
import type { Executor } from "./executor.ts";
import type { Build } from "./module.ts";
import { furtherRuntime } from "./runtime.ts";
import { WasmStorage } from "./storage.ts";

/** Most memories: 64 GiB of weights. */
const MOST = 16;

/** A memory and the weights in it. */
interface Shelf {
  readonly device: Device;
  /** Bytes of weights that it takes; the rest is for what is computed with. */
  readonly room: number;
  bytes: number;
}

/**
 * Where weights lie: in the first memory beside everything else, up to three quarters of it, then in further ones, which
 * are made when they are needed. A product goes to the memory of its weights: the rows of x are copied there and the
 * result back.
 */
export class WeightMemories {
  readonly #shelves: Shelf[];
  readonly #executor: Executor;
  readonly #build: Build;
  readonly #maxBytes: number;

  constructor(home: Device, executor: Executor, build: Build, maxBytes: number) {
    this.#shelves = [{ device: home, room: (maxBytes / 4) * 3, bytes: 0 }];
    this.#executor = executor;
    this.#build = build;
    this.#maxBytes = maxBytes;
  }

  /** Memories in use. */
  get count(): number {
    return this.#shelves.length;
  }

  /** Bytes all memories have now. */
  get byteLength(): number {
    return this.#shelves.reduce((sum, { device }) => sum + device.arena.byteLength, 0);
  }

  /** @throws BackendError when no memory takes that many bytes and no further one can be made */
  alloc(spec: StorageSpec, bytes: number): WasmStorage {
    for (const shelf of this.#shelves) {
      if (shelf.bytes + bytes > shelf.room) continue;
      const storage = tryStore(spec, shelf, bytes);
      if (storage) return storage;
    }
    const storage = tryStore(spec, this.#open(bytes), bytes);
    if (!storage) throw this.#tooLarge(bytes);
    return storage;
  }

  /** Notes that a storage made by `alloc` is gone. */
  release({ arena, byteLength }: WasmStorage): void {
    const shelf = this.#shelves.find(({ device }) => device.arena === arena);
    if (shelf) shelf.bytes -= byteLength;
  }

  #open(bytes: number): Shelf {
    const room = (this.#maxBytes / 8) * 7;
    if (bytes > room || this.#shelves.length === MOST) throw this.#tooLarge(bytes);
    const { arena, executor } = furtherRuntime(this.#executor, this.#maxBytes);
    const device = new Device(arena, executor, this.#build);
    this.#shelves[0].device.join(device);
    const shelf: Shelf = { device, room, bytes: 0 };
    this.#shelves.push(shelf);
    return shelf;
  }

  #tooLarge(bytes: number): BackendError {
    return new BackendError(
      "wasm",
      `out of memory: weights of ${bytes} bytes do not fit into one of ${MOST} memories of ${this.#maxBytes}, of which ` +
        `${this.#shelves.length} are in use; use a smaller dtype or a quantised format`,
      { bytes, limit: this.#maxBytes, memories: this.#shelves.length },
    );
  }
}

function tryStore(spec: StorageSpec, shelf: Shelf, bytes: number): WasmStorage | null {
  try {
    const storage = new WasmStorage(spec, shelf.device.arena, bytes);
    shelf.bytes += bytes;
    return storage;
  } catch (error) {
    if (error instanceof BackendError) return null;
    throw error;
  }
}
