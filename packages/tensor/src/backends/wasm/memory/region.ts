import { BackendError } from "../../../errors.ts";
import { FreeList, roundUp } from "./free-list.ts";

/** Bytes that a region takes at a time, at most. */
const CHUNK = 2 ** 20;

/** Where a region takes its memory from, and gives it back to. */
export interface RegionSource {
  /** Little beside all its memory. */
  readonly portion: number;
  allocOwn(bytes: number): number;
  releaseOwn(address: number, bytes: number): void;
}

/**
 * Memory of an arena for what recorded work makes on its way. Every run begins with all of it free, so the same work finds
 * the same addresses: a replay writes where the recorded run wrote.
 */
export class Region {
  readonly #source: RegionSource;
  readonly #chunks: { readonly address: number; readonly bytes: number }[] = [];
  /** Blocks that are not in the region. */
  readonly #outside = new Set<number>();
  #free = new FreeList();
  /** Runs so far. Blocks of an earlier one are gone, whoever still releases them. */
  run = 0;
  /** Whether there was no memory for it in the running one, whose blocks then lie elsewhere. */
  isShort = false;
  /** Whether the running one has made the region larger: the next one may find other addresses. */
  hasGrown = false;

  constructor(source: RegionSource) {
    this.#source = source;
  }

  /** Bytes it holds. */
  get byteLength(): number {
    return this.#chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** A new run: everything is free. */
  begin(): void {
    this.run++;
    this.hasGrown = false;
    this.isShort = false;
    this.#free = new FreeList();
    for (const { address, bytes } of this.#chunks) this.#free.add(address, bytes);
  }

  /** Address of a block of at least `bytes`, aligned to 64. @throws BackendError when out of memory */
  alloc(bytes: number): number {
    const size = roundUp(bytes);
    const found = this.#free.take(size);
    if (found !== null) return found;
    if (this.#grow(Math.max(Math.min(CHUNK, this.#source.portion), size))) return this.alloc(bytes);
    this.isShort = true;
    const address = this.#source.allocOwn(size);
    this.#outside.add(address);
    return address;
  }

  /** @param run the one that the block is of */
  release(address: number, bytes: number, run: number): void {
    if (this.#outside.delete(address)) this.#source.releaseOwn(address, bytes);
    else if (run === this.run) this.#free.release(address, roundUp(bytes));
  }

  /** Gives the memory back. */
  dispose(): void {
    this.run++;
    this.#free = new FreeList();
    for (const { address, bytes } of this.#chunks.splice(0)) this.#source.releaseOwn(address, bytes);
  }

  /** False where there is no memory for it. */
  #grow(bytes: number): boolean {
    const address = orNull(() => this.#source.allocOwn(bytes));
    if (address === null) return false;
    this.#chunks.push({ address, bytes });
    this.#free.add(address, bytes);
    this.hasGrown = true;
    return true;
  }
}

/** What `make` gives, null for a BackendError. */
export function orNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof BackendError) return null;
    throw error;
  }
}
