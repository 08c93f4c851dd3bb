import type { StorageSpec } from "../../../contract/operand.ts";
import { BackendError } from "../../../errors.ts";
import { KernelContext } from "../kernel-context.ts";
import type { Executor } from "../threads/executor.ts";
import type { Build } from "../module.ts";
import { orNull } from "./region.ts";
import { furtherInstance, SCRATCH } from "../instance.ts";
import { WasmStorage } from "./storage.ts";

/** Most memories: 64 GiB of weights. */
const MOST = 16;

/** Share of a memory that must be free before weights return to it after a later one was begun. */
const WORTH_RETURNING = 1 / 16;

/** A memory and the weights in it. */
interface Shelf {
  readonly context: KernelContext;
  /** Bytes of weights that it takes; the rest is for what is computed with. */
  readonly room: number;
  bytes: number;
}

/**
 * Where weights lie, dense and block-quantised: in the first memory beside everything else, up to three quarters of it, then
 * in further ones, which are made when they are needed. What is loaded in a row lies together, so that the matrices of a
 * layer do, but for the one layer at the border. A product goes to the memory of its weights: the rows of x are copied there
 * and the result back.
 */
export class WeightMemories {
  readonly #shelves: Shelf[];
  readonly #executor: Executor;
  readonly #build: Build;
  readonly #maxBytes: number;
  /** The one that took the last weights. */
  #current: Shelf;

  constructor(home: KernelContext, executor: Executor, build: Build, maxBytes: number) {
    this.#current = { context: home, room: (maxBytes / 4) * 3 - executor.threads * SCRATCH, bytes: 0 };
    this.#shelves = [this.#current];
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
    return this.#shelves.reduce((sum, { context }) => sum + context.arena.byteLength, 0);
  }

  /** @throws BackendError for a matrix that no memory can hold, or when all are full and no further one can be made */
  alloc(spec: StorageSpec, bytes: number): WasmStorage {
    const largest = Math.max(this.#shelves[0].room, this.#furtherRoom);
    if (bytes > largest)
      throw new BackendError(
        "wasm",
        `out of memory: ${described(spec)} takes ${bytes} bytes, and one memory of ${this.#maxBytes} holds weights of ` +
          `${largest} at most; raise maxMemoryBytes (up to 4 GiB), or use a smaller dtype or a quantised format of fewer bits`,
        { bytes, largest, limit: this.#maxBytes },
      );
    for (const shelf of this.#candidates(bytes)) {
      const storage = orNull(() => new WasmStorage(spec, shelf.context.arena, bytes));
      if (!storage) continue;
      shelf.bytes += bytes;
      this.#current = shelf;
      return storage;
    }
    throw new BackendError(
      "wasm",
      `out of memory: ${described(spec)} takes ${bytes} bytes, and ${this.#shelves.length} of at most ${MOST} memories of ` +
        `${this.#maxBytes} are full; dispose models, or use a smaller dtype or a quantised format`,
      { bytes, limit: this.#maxBytes, memories: this.#shelves.length },
    );
  }

  /** Notes that a storage made by `alloc` is gone. */
  release({ arena, byteLength }: WasmStorage): void {
    const shelf = this.#shelves.find(({ context }) => context.arena === arena);
    if (shelf) shelf.bytes -= byteLength;
    if (this.#shelves.every(({ bytes }) => bytes === 0)) this.#current = this.#shelves[0];
  }

  /** Lets go of all memories. */
  close(): void {
    for (const { context } of this.#shelves) context.arena.close();
  }

  /**
   * Where weights may go, best first: beside the last ones, into another memory with much room, into a new one, into what
   * gaps there are.
   */
  *#candidates(bytes: number): Generator<Shelf> {
    const withRoom = (least: number): Shelf[] =>
      this.#shelves.filter((shelf) => shelf !== this.#current && shelf.room - shelf.bytes >= Math.max(least, bytes));
    if (this.#current.room - this.#current.bytes >= bytes) yield this.#current;
    yield* withRoom(this.#maxBytes * WORTH_RETURNING);
    const further = bytes <= this.#furtherRoom && this.#shelves.length < MOST ? this.#open() : null;
    if (further) yield further;
    yield* withRoom(bytes);
  }

  /** Bytes of weights that a further memory takes. */
  get #furtherRoom(): number {
    return (this.#maxBytes / 8) * 7 - this.#executor.threads * SCRATCH;
  }

  /** A further memory, or null where the engine reserves no more. */
  #open(): Shelf | null {
    const instance = orNull(() => furtherInstance(this.#executor, this.#maxBytes));
    if (!instance) return null;
    const context = new KernelContext(instance.arena, instance.executor, this.#build, this.#shelves[0].context.codegen);
    this.#shelves[0].context.join(context);
    const shelf: Shelf = { context, room: this.#furtherRoom, bytes: 0 };
    this.#shelves.push(shelf);
    return shelf;
  }
}

const described = (spec: StorageSpec): string =>
  spec.kind === "quant"
    ? `a matrix ${spec.format}[${spec.rows}, ${spec.columns}]`
    : `a matrix of ${spec.length} ${spec.dtype} weights`;
