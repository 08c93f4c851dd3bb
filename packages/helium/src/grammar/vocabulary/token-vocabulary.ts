import { TokenizerError } from "../../errors.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { maxIds } from "../../tokenizer/stages.ts";
import { buildTokenTrie } from "./build-token-trie.ts";
import { coverBytes } from "./cover-bytes.ts";
import { cutText } from "./cut-text.ts";
import type { TokenTrie } from "./token-trie.ts";

/** Cuts a text, given as bytes of UTF-8, into ids as it is cut in the middle of a longer one; null where it cannot. */
type CutText = (vocabulary: TokenVocabulary, bytes: Uint8Array) => readonly number[] | null;

/**
 * The bytes that every token of a vocabulary stands for in the middle of a text. Tokens that stand for no text (special and
 * unused ones, ids of a model beyond its tokenizer's) are null, so nothing that works with texts can choose them. The bytes of
 * ids one after another are exactly those of their decoded text; a token may be a part of a character.
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
  #trie: TokenTrie | null = null;

  private constructor(tokens: readonly (Uint8Array | null)[], cut: CutText | null) {
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
    const hidden = new Set([...tokenizer.allSpecialIds, tokenizer.unkTokenId]);
    const tokens = Array.from({ length: size }, (_, id) => (hidden.has(id) ? null : tokenizer.tokenBytes(id)));
    const vocabulary = new TokenVocabulary(tokens, (own, bytes) => cutText(tokenizer, own, bytes));
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

  /** All tokens with at least one byte as a prefix tree; made when it is first asked for. */
  get trie(): TokenTrie {
    return (this.#trie ??= buildTokenTrie(this.#bytes, this.#starts));
  }

  /**
   * The tokens of a text in the middle of a longer one, as the tokenizer itself cuts it where that is certain, else the fewest
   * that it can be put together of. Their bytes are exactly `bytes`, which may begin and end within a character.
   * Null where no tokens make up these bytes.
   */
  encode(bytes: Uint8Array): readonly number[] | null {
    if (bytes.length === 0) return [];
    return this.#cut?.(this, bytes) ?? coverBytes(this.trie, bytes);
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
