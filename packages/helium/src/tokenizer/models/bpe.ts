import { forEachByte } from "../byte-alphabet.ts";
import { TokenizerError } from "../../errors.ts";
import { quoted } from "../json-node.ts";
import { bytePieceIds } from "./byte-pieces.ts";
import { MergeTable, type Merge } from "./merge-table.ts";
import { MinHeap } from "./min-heap.ts";
import type { EmitToken, TokenizerModel } from "./model.ts";

export interface BpeOptions {
  readonly vocab: ReadonlyMap<string, number>;
  /** The merges in ascending rank. */
  readonly merges: readonly Merge[];
  /** The token for unknown characters; without one they vanish. */
  readonly unkToken: string | null;
  /** Whether neighbouring unknown characters are one token. */
  readonly fuseUnk: boolean;
  /** Whether unknown characters become the pieces of their UTF-8 bytes. */
  readonly byteFallback: boolean;
  /** Whether a text that is a token as a whole is taken as it is. */
  readonly ignoreMerges: boolean;
  /** What marks a character that does not begin its text, and one that ends it. */
  readonly continuingSubwordPrefix: string;
  readonly endOfWordSuffix: string;
}

/** Words up to this many units are remembered, at most `cacheCapacity` of them. */
const cacheWordLimit = 64;
const cacheCapacity = 16_384;

/** A heap key is rank · 2³¹ + position: the lowest rank first, of equal ranks the leftmost. */
const positions = 2 ** 31;

interface Token {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Byte pair encoding: a text begins as its characters; while neighbours form a listed merge, the pair of lowest rank
 * (of equal ranks the leftmost) becomes one token. With a heap over positions this takes `O(n log n)`.
 * Source: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units" (2016), §3.2; the tokenizers
 * library for unknown characters.
 */
export class BpeModel implements TokenizerModel {
  readonly vocab: ReadonlyMap<string, number>;
  readonly #options: BpeOptions;
  readonly #tokens: string[] = [];
  readonly #merges: MergeTable;
  readonly #unkId: number | undefined;
  readonly #bytes: Int32Array | null;
  readonly #heap = new MinHeap();
  readonly #cache = new Map<string, readonly Token[]>();

  constructor(options: BpeOptions) {
    this.#options = options;
    this.vocab = options.vocab;
    for (const [token, id] of options.vocab) this.#tokens[id] = token;
    this.#merges = new MergeTable(options.merges);
    this.#unkId = options.unkToken === null ? undefined : options.vocab.get(options.unkToken);
    this.#bytes = options.byteFallback ? bytePieceIds(options.vocab) : null;
  }

  get vocabSize(): number {
    return this.vocab.size;
  }

  idToToken(id: number): string | undefined {
    return this.#tokens[id];
  }

  tokenize(text: string, emit: EmitToken): void {
    for (const { id, start, end } of this.#cached(text)) emit(id, this.#tokens[id] as string, start, end);
  }

  #cached(text: string): readonly Token[] {
    if (text.length > cacheWordLimit) return this.#encode(text);
    const known = this.#cache.get(text);
    if (known !== undefined) return known;
    const tokens = this.#encode(text);
    if (this.#cache.size >= cacheCapacity) this.#cache.clear();
    this.#cache.set(text, tokens);
    return tokens;
  }

  #encode(text: string): readonly Token[] {
    if (text === "") return [];
    const whole = this.#options.ignoreMerges ? this.vocab.get(text) : undefined;
    if (whole !== undefined) return [{ id: whole, start: 0, end: text.length }];
    return this.#mergeAll(this.#characters(text));
  }

  /** The tokens of the single characters. Unknown ones wait until a known one follows, as in the reference. */
  #characters(text: string): Token[] {
    const { continuingSubwordPrefix, endOfWordSuffix, unkToken, fuseUnk } = this.#options;
    const tokens: Token[] = [];
    let unknown = null as Token | null;
    let start = 0;
    for (const character of text) {
      const end = start + character.length;
      const form =
        (start > 0 ? continuingSubwordPrefix : "") + character + (end === text.length ? endOfWordSuffix : "");
      const id = this.vocab.get(form);
      if (id !== undefined) {
        if (unknown !== null) tokens.push(unknown);
        unknown = null;
        tokens.push({ id, start, end });
      } else if (!this.#pushBytes(form, start, end, tokens) && unkToken !== null) {
        const fused: Token | null = fuseUnk ? unknown : null;
        if (unknown !== null && fused === null) tokens.push(unknown);
        unknown = { id: this.#requireUnk(unkToken), start: fused?.start ?? start, end };
      }
      start = end;
    }
    if (unknown !== null) tokens.push(unknown);
    return tokens;
  }

  /** Appends the byte pieces of `form` if the vocabulary has them all. */
  #pushBytes(form: string, start: number, end: number, tokens: Token[]): boolean {
    const pieces = this.#bytes;
    if (pieces === null) return false;
    const ids: number[] = [];
    for (const character of form) {
      forEachByte(character.codePointAt(0) ?? 0, (byte) => ids.push(pieces[byte] as number));
    }
    if (ids.includes(-1)) return false;
    for (const id of ids) tokens.push({ id, start, end });
    return true;
  }

  #requireUnk(unkToken: string): number {
    if (this.#unkId !== undefined) return this.#unkId;
    throw new TokenizerError("tokenizer", {
      field: "model.unk_token",
      problem: `is ${quoted(unkToken)}, which the vocabulary does not hold, and the text needs it`,
      mend: "add the token to model.vocab in tokenizer.json",
    });
  }

  #mergeAll(tokens: readonly Token[]): readonly Token[] {
    const count = tokens.length;
    if (count < 2) return tokens;
    const ids = Int32Array.from(tokens, (token) => token.id);
    // A doubly linked list of the live tokens; -1 in `ids` marks a token that was merged into its left neighbour.
    const previous = Int32Array.from(tokens, (_, index) => index - 1);
    const next = Int32Array.from(tokens, (_, index) => (index + 1 < count ? index + 1 : -1));
    const heap = this.#heap;
    heap.clear();
    for (let left = 0; left + 1 < count; left++) this.#offer(ids, left, left + 1);
    while (heap.size > 0) {
      const key = heap.pop();
      const rank = Math.floor(key / positions);
      const left = key % positions;
      const right = next[left] as number;
      if ((ids[left] as number) < 0 || right < 0) continue;
      const current = this.#merges.rank(ids[left] as number, ids[right] as number);
      // The entry is stale unless the pair that now stands here makes the same token.
      const merged = this.#merges.merged(rank);
      if (current < 0 || this.#merges.merged(current) !== merged) continue;
      ids[left] = merged;
      ids[right] = -1;
      const after = next[right] as number;
      next[left] = after;
      if (after >= 0) previous[after] = left;
      const before = previous[left] as number;
      if (before >= 0) this.#offer(ids, before, left);
      if (after >= 0) this.#offer(ids, left, after);
    }
    const merged: Token[] = [];
    for (let index = 0; index >= 0;) {
      const following = next[index] as number;
      const last = (following < 0 ? count : following) - 1;
      merged.push({
        id: ids[index] as number,
        start: (tokens[index] as Token).start,
        end: (tokens[last] as Token).end,
      });
      index = following;
    }
    return merged;
  }

  #offer(ids: Int32Array, left: number, right: number): void {
    const rank = this.#merges.rank(ids[left] as number, ids[right] as number);
    if (rank >= 0) this.#heap.push(rank * positions + left);
  }
}
