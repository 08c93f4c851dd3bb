/** Memory that parts are read into, from where they are used: `release` gives it back, where somebody waits for it. */
export interface PartMemory {
  readonly bytes: Uint8Array;
  readonly release?: () => void;
}

/** Memory for a part, until `leave`. */
export interface PooledBuffer {
  readonly bytes: Uint8Array;
  leave(): void;
}

/** Bytes of a slab, a multiple of the alignment; small parts share one. */
const SLAB = 2 ** 22;

/** Most slabs: together they bound what is read ahead. */
const MOST = 4;

/** Every element type can view a buffer from its start on. */
const ALIGNMENT = 64;

interface Slab extends PartMemory {
  /** Bytes from the start that are taken, and buffers among them that are in use. */
  taken: number;
  buffers: number;
}

/** Buffers for parts that are read and not yet used. Memory is kept for the next ones: new memory costs more than what is read into it. */
export class BufferPool {
  readonly #slabs: Slab[] = [];
  readonly #memory: (bytes: number) => PartMemory | null;
  #oversize = 0;

  /** @param memory where slabs lie; default, and where it gives none: on the heap */
  constructor(memory: (bytes: number) => PartMemory | null = () => null) {
    this.#memory = memory;
  }

  /** A buffer of `bytes`, or null where others must leave first. One that is larger than a slab is given when it is alone. */
  take(bytes: number): PooledBuffer | null {
    if (bytes > SLAB) return this.#isIdle ? this.#takeOversize(bytes) : null;
    if (this.#oversize > 0) return null;
    const slab = this.#slabs.find((one) => one.taken + bytes <= SLAB) ?? this.#another();
    if (!slab) return null;
    const begin = slab.taken;
    slab.taken = Math.ceil((begin + bytes) / ALIGNMENT) * ALIGNMENT;
    slab.buffers++;
    return {
      bytes: slab.bytes.subarray(begin, begin + bytes),
      leave: () => {
        if (--slab.buffers === 0) slab.taken = 0;
      },
    };
  }

  /** Gives back memory that somebody waits for, if nothing is in it. */
  release(): void {
    if (!this.#isIdle) return;
    const kept = this.#slabs.filter(({ release }) => !release);
    for (const { release } of this.#slabs.splice(0, Infinity, ...kept)) release?.();
  }

  get #isIdle(): boolean {
    return this.#oversize === 0 && this.#slabs.every(({ buffers }) => buffers === 0);
  }

  #another(): Slab | null {
    if (this.#slabs.length === MOST) return null;
    const memory = this.#memory(SLAB) ?? { bytes: new Uint8Array(SLAB) };
    const slab = { ...memory, taken: 0, buffers: 0 };
    this.#slabs.push(slab);
    return slab;
  }

  #takeOversize(bytes: number): PooledBuffer {
    this.#oversize++;
    return { bytes: new Uint8Array(bytes), leave: () => this.#oversize-- };
  }
}
