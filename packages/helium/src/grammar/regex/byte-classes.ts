import type { ByteSets } from "./byte-sets.ts";

/** Partitions of the 256 bytes into classes that some sets of bytes do not tell apart, each kept once. */
export class ByteClasses {
  readonly #sets: ByteSets;
  readonly #numbers = new Map<string, number>();
  /** 256 class numbers for each partition; read it directly in loops, and again after `of`. */
  table = new Uint8Array(256 * 64);
  readonly #representatives: (readonly number[])[] = [];
  readonly #sizes: (readonly number[])[] = [];
  /** The bytes of each class, as eight words for each. */
  readonly #members: Uint32Array[] = [];

  constructor(sets: ByteSets) {
    this.#sets = sets;
  }

  /** The partition by these sets. */
  of(sets: ReadonlySet<number>): number {
    const key = [...sets].sort((a, b) => a - b).join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const made = this.#make(sets);
    this.#numbers.set(key, made);
    return made;
  }

  /** One byte of each class. */
  representatives(partition: number): readonly number[] {
    return this.#representatives[partition] ?? [];
  }

  /** The only byte of a class; −1 where it has several. */
  single(partition: number, index: number): number {
    return this.#sizes[partition]?.[index] === 1 ? (this.#representatives[partition]?.[index] ?? -1) : -1;
  }

  /** Adds the bytes of a class to a set of eight words. */
  addMembers(partition: number, index: number, to: Uint32Array): void {
    const members = this.#members[partition];
    for (let word = 0; word < 8; word++) to[word] = (to[word] ?? 0) | (members?.[index * 8 + word] ?? 0);
  }

  #make(sets: ReadonlySet<number>): number {
    // Sets of one byte, such as the first letters of many words, are told apart without a pass over all bytes.
    const singles = new Set<number>();
    const wide: number[] = [];
    for (const set of sets) {
      const byte = this.#sets.single(set);
      if (byte >= 0) singles.add(byte);
      else wide.push(set);
    }
    const classes = new Map<string, number>();
    const own = new Uint8Array(256);
    const representatives: number[] = [];
    const sizes: number[] = [];
    for (let byte = 0; byte < 256; byte++) {
      const key = singles.has(byte) ? `=${byte}` : wide.map((set) => (this.#sets.has(set, byte) ? "1" : "0")).join("");
      const index = classes.get(key) ?? classes.size;
      if (index === classes.size) {
        classes.set(key, index);
        representatives.push(byte);
        sizes.push(0);
      }
      own[byte] = index;
      sizes[index] = (sizes[index] ?? 0) + 1;
    }
    return this.#keep(own, representatives, sizes);
  }

  #keep(own: Uint8Array, representatives: readonly number[], sizes: readonly number[]): number {
    const key = own.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const partition = this.#representatives.push(representatives) - 1;
    this.#sizes.push(sizes);
    const members = new Uint32Array(representatives.length * 8);
    own.forEach((index, byte) => {
      const word = index * 8 + (byte >>> 5);
      members[word] = (members[word] ?? 0) | (1 << (byte & 31));
    });
    this.#members.push(members);
    if (this.table.length < (partition + 1) * 256) {
      const grown = new Uint8Array(this.table.length * 2);
      grown.set(this.table);
      this.table = grown;
    }
    this.table.set(own, partition * 256);
    this.#numbers.set(key, partition);
    return partition;
  }
}
