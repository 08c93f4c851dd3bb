import { setBit } from "./trie-bits.ts";

/** Tokens that are so few beside the vocabulary are kept as a list. */
export const FEW = 1 / 64;

/** A set of tokens of a vocabulary: bits, and a list of more. */
export class TokenMask {
  /** Tokens of the vocabulary. */
  readonly vocabSize: number;
  /** One bit for each token, shared by masks that differ in few tokens; null where all tokens of the set are in the list. */
  readonly #words: Uint32Array | null;
  /** In any order, each any number of times. */
  readonly #ids: Int32Array;
  #sorted: Int32Array | null = null;
  /** What the mask takes beside bits that others have too. */
  readonly ownBytes: number;

  /**
   * @param words bits, which are not changed; null for none
   * @param tokens more of them, in any order, each any number of times
   * @param isShared others have the same bits
   */
  constructor(vocabSize: number, words: Uint32Array | null, tokens: readonly number[], isShared = true) {
    this.vocabSize = vocabSize;
    if (tokens.length > vocabSize * FEW) {
      const all = words?.slice() ?? new Uint32Array(Math.ceil(vocabSize / 32));
      for (const id of tokens) setBit(all, id);
      this.#words = all;
      this.#ids = new Int32Array();
    } else {
      this.#words = words;
      this.#ids = Int32Array.from(tokens);
    }
    const isOwn = this.#words !== words || !isShared;
    this.ownBytes = this.#ids.byteLength + (isOwn ? (this.#words?.byteLength ?? 0) : 0);
  }

  /** Tokens in the set. */
  get size(): number {
    const ids = this.#ascending();
    return countOf(this.#words) + (this.#words ? ids.filter((id) => !hasBit(this.#words, id)).length : ids.length);
  }

  has(token: number): boolean {
    return hasBit(this.#words, token) || this.#ids.includes(token);
  }

  /** The tokens, ascending, where they are few; else null. */
  tokens(): Int32Array | null {
    return this.#words ? null : this.#ascending();
  }

  #ascending(): Int32Array {
    return (this.#sorted ??= ascending(this.#ids));
  }

  /** Sets the scores of all other tokens to −∞. @param alsoAllowed tokens that stay although they are not in the set */
  apply(scores: Float32Array, alsoAllowed: Iterable<number> = []): void {
    const kept = [...alsoAllowed, ...this.#ids].map((token) => [token, scores[token] ?? -Infinity] as const);
    if (this.#words) removeOthers(scores, this.#words);
    else scores.fill(-Infinity);
    for (const [token, score] of kept) if (token < scores.length) scores[token] = score;
  }
}

const hasBit = (words: Uint32Array | null, id: number): boolean => (((words?.[id >>> 5] ?? 0) >>> (id & 31)) & 1) === 1;

function ascending(tokens: Int32Array): Int32Array {
  const sorted = tokens.slice().sort();
  let count = 0;
  for (const id of sorted) if (count === 0 || sorted[count - 1] !== id) sorted[count++] = id;
  return sorted.slice(0, count);
}

function removeOthers(scores: Float32Array, words: Uint32Array): void {
  const count = Math.min(words.length, Math.ceil(scores.length / 32));
  for (let w = 0; w < count; w++) {
    const word = words[w] as number;
    if (word === 0xffffffff) continue;
    const start = w * 32;
    if (word === 0) scores.fill(-Infinity, start, start + 32);
    else
      for (let bit = 0; bit < 32; bit++)
        if (((word >>> bit) & 1) === 0 && start + bit < scores.length) scores[start + bit] = -Infinity;
  }
  scores.fill(-Infinity, count * 32);
}

function countOf(words: Uint32Array | null): number {
  let count = 0;
  for (const word of words ?? []) {
    let bits = word - ((word >>> 1) & 0x55555555);
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}
