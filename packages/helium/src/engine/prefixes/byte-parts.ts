/** Bytes that came in parts. */
export class ByteParts {
  readonly length: number;
  readonly #parts: readonly Uint8Array[];

  constructor(parts: readonly Uint8Array[]) {
    // A Buffer's slices would share its bytes.
    this.#parts = parts.map(({ buffer, byteOffset, length }) => new Uint8Array(buffer, byteOffset, length));
    this.length = parts.reduce((sum, { length }) => sum + length, 0);
  }

  /** Bytes `start` to `end` − 1, as far as there are; of one part a view, else a copy. */
  slice(start: number, end: number): Uint8Array {
    const found: Uint8Array[] = [];
    let at = 0;
    for (const part of this.#parts) {
      const own = part.subarray(Math.max(0, start - at), Math.max(0, end - at));
      if (own.length > 0) found.push(own);
      at += part.length;
    }
    const [first = new Uint8Array()] = found;
    if (found.length <= 1) return first;
    const joined = new Uint8Array(found.reduce((sum, { length }) => sum + length, 0));
    let filled = 0;
    for (const part of found) {
      joined.set(part, filled);
      filled += part.length;
    }
    return joined;
  }
}
