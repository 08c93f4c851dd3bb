import type { ReadSlice } from "./slices-of.ts";

/** Bytes of a part, about: small enough for a processor's cache, so that what reads it again finds it there. */
const PART = 2 ** 22;

/** Buffers that wait for the next tensor: new memory costs more than what is read into it. */
export class PartBuffers {
  readonly #free: Uint8Array[] = [];

  /** One of at least `bytes`. */
  take(bytes: number): Uint8Array {
    const at = this.#free.findIndex(({ length }) => length >= bytes);
    return this.#free.splice(at, at < 0 ? 0 : 1)[0] ?? new Uint8Array(Math.max(bytes, PART));
  }

  giveBack(buffer: Uint8Array): void {
    this.#free.push(buffer);
  }
}

/** What is read in parts. */
export interface PartsToRead {
  readonly read: ReadSlice;
  /** Bytes in all, and those that are not torn apart (a few rows, an element). */
  readonly bytes: number;
  readonly unit: number;
  readonly buffers: PartBuffers;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The bytes of a tensor in order, a few megabytes at a time. The next part is read while the last one is used; a part may
 * be overwritten as soon as another is asked for.
 *
 * @throws what `read` throws; the signal's reason when aborted
 */
export async function* readParts({ read, bytes, unit, buffers, signal }: PartsToRead): AsyncGenerator<Uint8Array> {
  const step = Math.max(1, Math.floor(PART / unit)) * unit;
  const pair = [buffers.take(Math.min(step, bytes)), ...(step < bytes ? [buffers.take(step)] : [])];
  const start = (begin: number): Promise<Uint8Array> | null => {
    if (begin >= bytes) return null;
    const part = read(begin, Math.min(begin + step, bytes), pair[(begin / step) % 2]);
    // It may fail while nobody waits for it; whoever does will hear of it.
    part.catch(() => undefined);
    return part;
  };
  let coming = start(0);
  try {
    for (let begin = step; coming; begin += step) {
      signal?.throwIfAborted();
      const part: Uint8Array = await coming;
      coming = start(begin);
      yield part;
    }
  } finally {
    // A buffer that is still read into is nobody else's yet.
    await coming?.catch(() => undefined);
    pair.forEach((buffer) => buffers.giveBack(buffer));
  }
}
