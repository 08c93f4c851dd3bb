/** Tokens that are so few beside the vocabulary are kept as a list. */
export const FEW = 1 / 32;

/** A set of tokens of a vocabulary. */
export class TokenMask {
  /** Tokens of the vocabulary. */
  readonly vocabSize: number;
  /** One bit for each token; null where the tokens are few. */
  readonly words: Uint32Array | null;
  /** The tokens, ascending, where they are few; else null. */
  readonly ids: Int32Array | null;

  private constructor(vocabSize: number, tokens: { readonly words: Uint32Array } | { readonly ids: Int32Array }) {
    this.vocabSize = vocabSize;
    this.words = "words" in tokens ? tokens.words : null;
    this.ids = "ids" in tokens ? tokens.ids : null;
  }

  /** Tokens in the set. */
  get size(): number {
    return this.ids?.length ?? countOf(this.words ?? new Uint32Array());
  }

  /** @param words its own from now on */
  static ofWords(vocabSize: number, words: Uint32Array): TokenMask {
    return new TokenMask(vocabSize, { words });
  }

  /** @param tokens in any order, each any number of times */
  static ofTokens(vocabSize: number, tokens: Iterable<number>): TokenMask {
    const ids = Int32Array.from(new Set(tokens)).sort();
    if (ids.length <= vocabSize * FEW) return new TokenMask(vocabSize, { ids });
    const words = new Uint32Array(Math.ceil(vocabSize / 32));
    for (const id of ids) words[id >>> 5] = (words[id >>> 5] ?? 0) | (1 << (id & 31));
    return new TokenMask(vocabSize, { words });
  }

  has(token: number): boolean {
    if (this.words) return (((this.words[token >>> 5] ?? 0) >>> (token & 31)) & 1) === 1;
    return this.ids?.includes(token) ?? false;
  }

  /** The tokens, ascending, where they are few; else null. */
  tokens(): Int32Array | null {
    return this.ids;
  }

  /** Sets the scores of all other tokens to −∞. @param alsoAllowed tokens that stay although they are not in the set */
  apply(scores: Float32Array, alsoAllowed: Iterable<number> = []): void {
    const kept = [...alsoAllowed, ...(this.ids ?? [])].map((token) => [token, scores[token] ?? -Infinity] as const);
    if (this.words) removeOthers(scores, this.words);
    else scores.fill(-Infinity);
    for (const [token, score] of kept) if (token < scores.length) scores[token] = score;
  }
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

function countOf(words: Uint32Array): number {
  let count = 0;
  for (const word of words) {
    let bits = word - ((word >>> 1) & 0x55555555);
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}
