import { BufferPool, type PartMemory, type PooledBuffer } from "./buffer-pool.ts";
import type { ReadSlice } from "./slices-of.ts";

/** Bytes of a part, about: small enough for a processor's cache, so that what reads it again finds it there. */
const PART = 2 ** 21;

/** What is read in parts. */
export interface PartsToRead {
  readonly read: ReadSlice;
  /** Bytes in all, and those that are not torn apart (a few rows, an element). */
  readonly bytes: number;
  readonly unit: number;
}

export interface ReadAheadOptions {
  /** Where parts lie; default, and where it gives none: on the heap. */
  readonly memory?: ((bytes: number) => PartMemory | null) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads several things part by part, one after the other: the next parts are read while the last one is used, across the
 * borders of things too. What is read and not yet used is at most some megabytes, whatever was asked for. Things are used in
 * the order in which they were asked for.
 */
export class ReadAhead {
  readonly #buffers: BufferPool;
  readonly #signal: AbortSignal | undefined;
  /** Parts that nobody has begun to read, in order. */
  readonly #waiting = new Set<Part>();
  #end: { readonly reason: unknown } | null = null;

  constructor({ memory, signal }: ReadAheadOptions = {}) {
    this.#buffers = new BufferPool(memory);
    this.#signal = signal;
  }

  /**
   * The bytes of a thing in order, a few megabytes at a time; reading begins as soon as those before it leave room. A part
   * may be overwritten when the next one is asked for. Who does not use all of them says `drop`.
   *
   * The parts throw what `read` throws, the signal's reason when aborted, and the reason of `end`.
   */
  parts({ read, bytes, unit }: PartsToRead): ComingParts {
    const step = Math.max(1, Math.floor(PART / unit)) * unit;
    const parts: Part[] = [];
    for (let begin = 0; begin < bytes; begin += step) parts.push(new Part(read, begin, Math.min(begin + step, bytes)));
    for (const part of parts) this.#waiting.add(part);
    this.#begin();
    return { [Symbol.asyncIterator]: () => this.#use(parts), drop: () => this.#drop(parts) };
  }

  /** Nothing more is read: who asks for another part gets the reason. */
  end(reason: unknown): void {
    this.#end ??= { reason };
    this.#waiting.clear();
  }

  async *#use(parts: Part[]): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let part = parts[0]; part; part = parts[0]) {
        this.#check();
        // Things that are used in another order than they were asked for would wait for each other's buffers.
        if (!part.coming) this.#read(part, this.#buffers.take(part.bytes) ?? onHeap(part.bytes));
        const bytes = (await part.coming) as Uint8Array;
        this.#check();
        yield bytes;
        parts.shift();
        part.buffer?.leave();
        this.#begin();
      }
    } finally {
      await this.#drop(parts);
    }
  }

  #check(): void {
    this.#signal?.throwIfAborted();
    if (this.#end) throw this.#end.reason;
  }

  /** Begins all reads that there is room for: at once, so that a source can make neighbours one. */
  #begin(): void {
    if (this.#signal?.aborted) return;
    for (const part of this.#waiting) {
      const buffer = this.#buffers.take(part.bytes);
      if (!buffer) return;
      this.#read(part, buffer);
    }
  }

  #read(part: Part, buffer: PooledBuffer): void {
    this.#waiting.delete(part);
    part.buffer = buffer;
    part.coming = part.read(part.begin, part.end, buffer.bytes);
    // It may fail while nobody waits for it; whoever does will hear of it.
    part.coming.catch(() => undefined);
  }

  /** A buffer that is still read into is nobody else's yet. */
  async #drop(parts: Part[]): Promise<void> {
    const dropped = parts.splice(0);
    for (const part of dropped) this.#waiting.delete(part);
    for (const part of dropped) {
      await part.coming?.catch(() => undefined);
      part.buffer?.leave();
    }
    if (this.#waiting.size === 0) this.#buffers.release();
    this.#begin();
  }
}

/** The bytes of one thing. */
export interface ComingParts extends AsyncIterable<Uint8Array> {
  /** Reads no more of it, and resolves when nothing of it is being read. A second call does nothing. */
  drop(): Promise<void>;
}

class Part {
  readonly read: ReadSlice;
  readonly begin: number;
  readonly end: number;
  buffer: PooledBuffer | null = null;
  coming: Promise<Uint8Array> | null = null;

  constructor(read: ReadSlice, begin: number, end: number) {
    this.read = read;
    this.begin = begin;
    this.end = end;
  }

  get bytes(): number {
    return this.end - this.begin;
  }
}

const onHeap = (bytes: number): PooledBuffer => ({ bytes: new Uint8Array(bytes), leave: () => undefined });
