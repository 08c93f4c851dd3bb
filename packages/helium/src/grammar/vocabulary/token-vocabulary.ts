import { TokenizerError } from "../../errors.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { maxIds } from "../../tokenizer/stages.ts";
import { buildTokenTrie } from "./build-token-trie.ts";
import { coverBytes } from "./cover-bytes.ts";
import { cutText } from "./cut-text.ts";
import { holdsSpecialByte, SPECIAL, specialTokenBytes, splitAtSpecialTokens } from "./special-token-bytes.ts";
import type { TokenTrie } from "./token-trie.ts";

/** Cuts a text, given as bytes of UTF-8, into ids as it is cut in the middle of a longer one; null where it cannot. */
type CutText = (vocabulary: TokenVocabulary, bytes: Uint8Array) => readonly number[] | null;

/**
 * The bytes that every token of a vocabulary stands for in the middle of a text. Tokens that stand for no text (special and
 * unused ones, ids of a model beyond its tokenizer's) are null, so nothing that works with texts can choose them. The bytes of
 * ids one after another are exactly those of their decoded text; a token may be a part of a character. Grammars may name special
 * tokens: there these have bytes of their own, which no text has.
 *
 * @example
 * const vocabulary = TokenVocabulary.of(tokenizer);
 * const ids = vocabulary.encode(new TextEncoder().encode("{}")) ?? [];
 * console.log(ids.map((id) => new TextDecoder().decode(vocabulary.bytesOf(id) ?? undefined)).join("")); // {}
 */
export class TokenVocabulary {
  /** The number of ids, `V`. */
  readonly size: number;
  readonly #bytes: Uint8Array;
  /** Where each token's bytes begin `[V + 1]`. */
  readonly #starts: Int32Array;
  /** 1 for tokens that stand for text `[V]`. */
  readonly #isText: Uint8Array;
  readonly #cut: CutText | null;
  /** Of special tokens: how grammars write them. */
  readonly #special: ReadonlyMap<number, Uint8Array>;
  #trie: TokenTrie | null = null;

  private constructor(
    tokens: readonly (Uint8Array | null)[],
    cut: CutText | null,
    special: ReadonlyMap<number, string> = new Map(),
  ) {
    this.size = tokens.length;
    let total = 0;
    for (const token of tokens) total += token?.length ?? 0;
    this.#bytes = new Uint8Array(total);
    this.#starts = new Int32Array(tokens.length + 1);
    this.#isText = new Uint8Array(tokens.length);
    let at = 0;
    for (let id = 0; id < tokens.length; id++) {
      const token = tokens[id] ?? null;
      this.#starts[id] = at;
      if (token === null) continue;
      this.#bytes.set(token, at);
      this.#isText[id] = 1;
      at += token.length;
    }
    this.#starts[tokens.length] = at;
    this.#cut = cut;
    this.#special = new Map([...special].map(([id, name]) => [id, specialTokenBytes(name)]));
  }

  /**
   * The vocabulary of a tokenizer; the same one for the same tokenizer and size.
   *
   * @param size the model's `vocabSize`, where it is padded beyond the tokenizer's ids; default: the tokenizer's own
   * @throws TokenizerError for a tokenizer whose decoder makes a token's text depend on those beside it
   */
  static of(tokenizer: Tokenizer, size: number = idsOf(tokenizer)): TokenVocabulary {
    if (!Number.isInteger(size) || size < 1 || size > maxIds) {
      throw new TokenizerError("TokenVocabulary.of", {
        field: "size",
        problem: `is ${size}, expected a whole number from 1 to ${maxIds}`,
        mend: "pass the model's vocabSize",
      });
    }
    const bySize = known.get(tokenizer) ?? new Map<number, TokenVocabulary>();
    known.set(tokenizer, bySize);
    const found = bySize.get(size);
    if (found) return found;
    const { allSpecialIds, unkTokenId } = tokenizer;
    const hidden = new Set([...allSpecialIds, unkTokenId]);
    const tokens = Array.from({ length: size }, (_, id) => (hidden.has(id) ? null : tokenizer.tokenBytes(id)));
    const special = allSpecialIds.flatMap((id): [number, string][] => {
      const name = id === unkTokenId || id >= size ? null : tokenizer.convertIdsToTokens(id);
      return name === null ? [] : [[id, name]];
    });
    const vocabulary = new TokenVocabulary(tokens, (own, bytes) => cutText(tokenizer, own, bytes), new Map(special));
    bySize.set(size, vocabulary);
    return vocabulary;
  }

  /** A vocabulary of these tokens by id, null for special and unused ones. `encode` then takes the fewest tokens. */
  static fromTokens(tokens: readonly (Uint8Array | null)[]): TokenVocabulary {
    return new TokenVocabulary(tokens, null);
  }

  /** The bytes of a token, not to be changed; null for special, unused and unknown ids. */
  bytesOf(token: number): Uint8Array | null {
    if (this.#isText[token] !== 1) return null;
    return this.#bytes.subarray(this.#starts[token], this.#starts[token + 1]);
  }

  /** The bytes of a token as grammars read it; null where none can name it. */
  grammarBytesOf(token: number): Uint8Array | null {
    const special = this.#special.get(token);
    if (special) return special;
    const bytes = this.bytesOf(token);
    return bytes && this.#special.size > 0 && holdsSpecialByte(bytes) ? null : bytes;
  }

  /** How grammars write the special token of this name; null where there is none. */
  specialToken(name: string): Uint8Array | null {
    const bytes = specialTokenBytes(name);
    return [...this.#special.values()].find((one) => one.join() === bytes.join()) ?? null;
  }

  /** All tokens with at least one byte in grammars as a prefix tree; made when it is first asked for. */
  get trie(): TokenTrie {
    return (this.#trie ??= this.#buildTrie());
  }

  #buildTrie(): TokenTrie {
    if (this.#special.size === 0) return buildTokenTrie(this.#bytes, this.#starts);
    const starts = new Int32Array(this.size + 1);
    for (let id = 0; id < this.size; id++) starts[id + 1] = (starts[id] ?? 0) + (this.grammarBytesOf(id)?.length ?? 0);
    const bytes = new Uint8Array(starts[this.size] ?? 0);
    for (let id = 0; id < this.size; id++) bytes.set(this.grammarBytesOf(id) ?? [], starts[id]);
    return buildTokenTrie(bytes, starts);
  }

  /**
   * The tokens of a text in the middle of a longer one, as the tokenizer itself cuts it where that is certain, else the fewest
   * that it can be put together of. Their bytes are exactly `bytes`, which may begin and end within a character.
   * Special tokens stand as grammars write them. Null where no tokens make up these bytes.
   */
  encode(bytes: Uint8Array): readonly number[] | null {
    const ids: number[] = [];
    for (const part of this.#special.size > 0 ? splitAtSpecialTokens(bytes) : [bytes]) {
      const isText = part[0] !== SPECIAL.open;
      const own = part.length === 0 ? [] : ((isText ? this.#cut?.(this, part) : null) ?? coverBytes(this.trie, part));
      if (own === null) return null;
      ids.push(...own);
    }
    return ids;
  }
}

const known = new WeakMap<Tokenizer, Map<number, TokenVocabulary>>();

const sizes = new WeakMap<Tokenizer, number>();

/** The tokenizer's own number of ids; found once. */
function idsOf(tokenizer: Tokenizer): number {
  const size = sizes.get(tokenizer) ?? tokenizer.idCount;
  sizes.set(tokenizer, size);
  return size;
}
