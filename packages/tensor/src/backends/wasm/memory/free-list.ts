/** Freed blocks come back at once to the next request of the same size; ranges are joined only when one is missing. */

/** Bytes of the finest size class and the alignment of every block. */
export const ALIGNMENT = 64;

export const roundUp = (size: number): number => Math.max(ALIGNMENT, Math.ceil(size / ALIGNMENT) * ALIGNMENT);

/**
 * Address ranges that are not in use. Recently freed blocks wait in lists by exact size (a decode loop asks for the same
 * sizes again and again); when those fail they are merged with their neighbours and the smallest range that fits is cut.
 */
export class FreeList {
  readonly #recent = new Map<number, number[]>();
  /** Start of each free range → its size. */
  readonly #sizes = new Map<number, number>();
  /** End of each free range → its start. */
  readonly #starts = new Map<number, number>();

  /** Makes `[start, start + size)` available and joins it to its neighbours. */
  add(start: number, size: number): void {
    const before = this.#starts.get(start);
    if (before !== undefined) {
      size += this.#remove(before);
      start = before;
    }
    const after = this.#sizes.get(start + size);
    if (after !== undefined) size += this.#remove(start + size);
    this.#sizes.set(start, size);
    this.#starts.set(start + size, start);
  }

  /** Gives a block back. */
  release(start: number, size: number): void {
    const list = this.#recent.get(size);
    if (list) list.push(start);
    else this.#recent.set(size, [start]);
  }

  /** A block of exactly `size` bytes, or null. */
  take(size: number): number | null {
    const recent = this.#recent.get(size)?.pop();
    if (recent !== undefined) return recent;
    const found = this.#cut(size);
    if (found !== null || this.#recent.size === 0) return found;
    for (const [blockSize, starts] of this.#recent) for (const start of starts) this.add(start, blockSize);
    this.#recent.clear();
    return this.#cut(size);
  }

  /** Size of the free range that ends at `end`, 0 if there is none. */
  endingAt(end: number): number {
    const start = this.#starts.get(end);
    return start === undefined ? 0 : end - start;
  }

  #cut(size: number): number | null {
    let best = -1;
    let bestSize = Infinity;
    for (const [start, rangeSize] of this.#sizes) {
      if (rangeSize >= size && rangeSize < bestSize) {
        best = start;
        bestSize = rangeSize;
        if (rangeSize === size) break;
      }
    }
    if (best < 0) return null;
    this.#remove(best);
    if (bestSize > size) this.add(best + size, bestSize - size);
    return best;
  }

  #remove(start: number): number {
    const size = this.#sizes.get(start) ?? 0;
    this.#sizes.delete(start);
    this.#starts.delete(start + size);
    return size;
  }
}
