import type { BufferPool, DeviceBuffer } from "../storages/buffers.ts";

/**
 * Buffers for what recorded work makes on its way. Every run begins with all of them free and in the same order, so the same
 * work finds the same ones: a replay writes where the recorded run wrote.
 */
export class Region {
  readonly #pool: BufferPool;
  readonly #buffers: DeviceBuffer[] = [];
  #free = new Map<number, DeviceBuffer[]>();
  /** Runs so far. What was made in an earlier one is gone, whoever still releases it. */
  run = 0;
  /** Whether the running one has made the region larger: the next one may find other buffers. */
  hasGrown = false;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  get byteLength(): number {
    return this.#buffers.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** A new run: everything is free. */
  begin(): void {
    this.run++;
    this.hasGrown = false;
    this.#free = new Map();
    for (const buffer of this.#buffers) this.#add(buffer);
  }

  take(bytes: number): DeviceBuffer {
    const found = this.#free.get(this.#pool.sizeFor(bytes))?.pop();
    if (found) return found;
    const buffer = this.#pool.take(bytes);
    this.#buffers.push(buffer);
    this.hasGrown = true;
    return buffer;
  }

  /** @param run the one that the buffer was taken in */
  give(buffer: DeviceBuffer, run: number): void {
    if (run === this.run) this.#add(buffer);
  }

  dispose(): void {
    this.run++;
    this.#free = new Map();
    for (const buffer of this.#buffers.splice(0)) this.#pool.give(buffer);
  }

  #add(buffer: DeviceBuffer): void {
    const free = this.#free.get(buffer.bytes);
    if (free) free.push(buffer);
    else this.#free.set(buffer.bytes, [buffer]);
  }
}
