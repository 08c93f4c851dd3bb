const WORDS = 8;

/** Sets of bytes, each kept once: equal sets have the same number. */
export class ByteSets {
  /** Eight words of 32 bits for each set. */
  readonly #sets: Uint32Array[] = [];
  readonly #numbers = new Map<string, number>();

  readonly #ranges = new Map<number, number>();
  /** Of pairs of sets. */
  readonly #unions = new Map<number, number>();
  readonly #intersections = new Map<number, number>();

  /** The set of all bytes from `from` to `to`. */
  range(from: number, to: number): number {
    const key = from * 256 + to;
    const known = this.#ranges.get(key);
    if (known !== undefined) return known;
    const made = this.#makeRange(from, to);
    this.#ranges.set(key, made);
    return made;
  }

  #makeRange(from: number, to: number): number {
    const words = new Uint32Array(WORDS);
    for (let byte = from; byte <= to; byte++) addTo(words, byte);
    return this.#intern(words);
  }

  has(set: number, byte: number): boolean {
    return (((this.#sets[set]?.[byte >>> 5] ?? 0) >>> (byte & 31)) & 1) === 1;
  }

  isNone(set: number): boolean {
    return this.#words(set).every((word) => word === 0);
  }

  isAll(set: number): boolean {
    return this.#words(set).every((word) => word === 0xffffffff);
  }

  union(a: number, b: number): number {
    return this.#combine(this.#unions, a, b, (x, y) => x | y);
  }

  intersection(a: number, b: number): number {
    return this.#combine(this.#intersections, a, b, (x, y) => x & y);
  }

  /** The only byte of a set, −1 where it has none or several. */
  single(set: number): number {
    let found = -1;
    for (let word = 0; word < WORDS; word++) {
      const bits = this.#sets[set]?.[word] ?? 0;
      if (bits === 0) continue;
      if (found >= 0 || (bits & (bits - 1)) !== 0) return -1;
      found = word * 32 + (31 - Math.clz32(bits));
    }
    return found;
  }

  #combine(made: Map<number, number>, a: number, b: number, of: (x: number, y: number) => number): number {
    if (a === b) return a;
    const key = Math.min(a, b) * 2 ** 26 + Math.max(a, b);
    const known = made.get(key);
    if (known !== undefined) return known;
    const [x, y] = [this.#words(a), this.#words(b)];
    const words = new Uint32Array(WORDS);
    for (let i = 0; i < WORDS; i++) words[i] = of(x[i] ?? 0, y[i] ?? 0);
    const set = this.#intern(words);
    made.set(key, set);
    return set;
  }

  #words(set: number): Uint32Array {
    return this.#sets[set] ?? new Uint32Array(WORDS);
  }

  #intern(words: Uint32Array): number {
    const key = words.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#sets.length);
    return this.#sets.push(words) - 1;
  }
}

function addTo(words: Uint32Array, byte: number): void {
  words[byte >>> 5] = (words[byte >>> 5] ?? 0) | (1 << (byte & 31));
}
