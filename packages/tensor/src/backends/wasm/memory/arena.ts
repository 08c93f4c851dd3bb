import { BackendError } from "../../../errors.ts";
import type { CommandLog } from "../recording/command-log.ts";
import { ALIGNMENT, FreeList, roundUp } from "./free-list.ts";
import type { Region } from "./region.ts";

const PAGE = 65536;
/** Everything below is the parameter block; no storage has address 0. */
const FIRST = PAGE;
/** The memory grows by at least this much: pages that are never touched cost nothing. */
const STEP = 512;
/** Most bytes that pass through at a time: as blocks that are packed, or as rows for weights that lie here. */
const PORTION = 2 ** 23;
/** Kernels may load up to one vector past the end of a storage. */
const SLACK = ALIGNMENT;

export interface ArenaOptions {
  readonly shared: boolean;
  /** Most bytes the memory may have. */
  readonly maxBytes: number;
}

/** One linear memory with its allocator. Views of it are made anew after each growth and are never kept by others. */
export class Arena {
  memory: WebAssembly.Memory;
  /** Changes when the memory grows: views made before are stale. */
  version = 0;
  i32: Int32Array;
  f32: Float32Array;
  u8: Uint8Array;
  /** The work that is being recorded: what it does is noted there, and what it makes lies in its region. */
  recorded: { readonly log: CommandLog; readonly region: Region } | null = null;
  readonly #shared: boolean;
  /** Buffers of the memory, before and after it grew, of which views were lent. */
  readonly #lent = new WeakSet<ArrayBufferLike>();
  readonly #free = new FreeList();
  readonly #maxPages: number;

  /** @throws BackendError when the engine cannot reserve the memory */
  constructor({ shared, maxBytes }: ArenaOptions) {
    this.#shared = shared;
    this.#maxPages = Math.max(2, Math.min(65536, Math.floor(maxBytes / PAGE)));
    try {
      this.memory = new WebAssembly.Memory({ initial: 2, maximum: this.#maxPages, shared });
    } catch (cause) {
      throw new BackendError(
        "wasm",
        `the engine reserves no memory of up to ${this.#maxPages * PAGE} bytes; lower maxMemoryBytes`,
        { maxBytes: this.#maxPages * PAGE },
        { cause },
      );
    }
    this.i32 = new Int32Array(this.memory.buffer);
    this.f32 = new Float32Array(this.memory.buffer);
    this.u8 = new Uint8Array(this.memory.buffer);
    this.#free.add(FIRST, PAGE - SLACK);
  }

  /** Address of a block of at least `bytes`, aligned to 64. @throws BackendError when out of memory */
  alloc(bytes: number): number {
    return this.recorded ? this.recorded.region.alloc(bytes) : this.allocOwn(bytes);
  }

  /** As `alloc`, also while work is recorded. */
  allocOwn(bytes: number): number {
    const size = roundUp(bytes);
    const found = this.#free.take(size);
    if (found !== null) return found;
    this.#grow(size);
    const address = this.#free.take(size);
    if (address === null) throw new BackendError("wasm", `allocator lost ${size} bytes`, { bytes });
    return address;
  }

  /** Gives back what `alloc` gave in the same recorded work, or outside of any. */
  release(address: number, bytes: number): void {
    if (this.recorded) this.recorded.region.release(address, bytes, this.recorded.region.run);
    else this.releaseOwn(address, bytes);
  }

  releaseOwn(address: number, bytes: number): void {
    this.#free.release(address, roundUp(bytes));
  }

  /**
   * A block that others write into whenever they like; null where there is none to spare. Only shared memory stays where it
   * is, under the same views, while it grows.
   */
  lend(bytes: number): { readonly address: number; readonly bytes: Uint8Array } | null {
    if (!this.#shared || bytes > this.portion) return null;
    const address = this.allocOwn(bytes);
    const { buffer } = this.memory;
    this.#lent.add(buffer);
    return { address, bytes: new Uint8Array(buffer, address, bytes) };
  }

  /** Where bytes that were lent lie; null for others. */
  addressOf({ buffer, byteOffset }: Uint8Array): number | null {
    return this.#lent.has(buffer) ? byteOffset : null;
  }

  /** Bytes that pass through at a time, of what does not stay: little beside the most that the memory may have. */
  get portion(): number {
    return Math.min(PORTION, (this.#maxPages * PAGE) / 64);
  }

  /** Lets go of the memory, whose gigabytes of address space would else live as long as anyone holds the arena. */
  close(): void {
    this.memory = new WebAssembly.Memory({ initial: 0, maximum: 0 });
    this.#view();
  }

  /** Bytes the memory has now. */
  get byteLength(): number {
    return this.u8.byteLength;
  }

  #grow(size: number): void {
    const before = this.byteLength;
    const present = before / PAGE;
    const missing = size - this.#free.endingAt(before - SLACK);
    const needed = Math.ceil(missing / PAGE);
    const wished = Math.max(needed, Math.min(STEP, this.#maxPages - present));
    if (!this.#tryGrow(wished) && !(wished > needed && this.#tryGrow(needed)))
      throw new BackendError(
        "wasm",
        `out of memory: ${size} bytes do not fit beside ${before} of at most ${this.#maxPages * PAGE}; dispose tensors, ` +
          "use a smaller dtype or a quantised format",
        { bytes: size, used: before, limit: this.#maxPages * PAGE },
      );
    this.#view();
    this.#free.add(before - SLACK, this.byteLength - before);
  }

  #view(): void {
    this.i32 = new Int32Array(this.memory.buffer);
    this.f32 = new Float32Array(this.memory.buffer);
    this.u8 = new Uint8Array(this.memory.buffer);
    this.version++;
  }

  #tryGrow(pages: number): boolean {
    if (pages > this.#maxPages - this.byteLength / PAGE) return false;
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }
}
