import { TokenMask } from "../../grammar/masks/token-mask.ts";
import { childOf } from "../../grammar/vocabulary/token-trie.ts";
import type { TokenVocabulary } from "../../grammar/vocabulary/token-vocabulary.ts";
import type { RowState } from "./place.ts";

/** Stands for what is free of any grammar. */
export const anything: RowState = {
  isAccepting: true,
  isComplete: false,
  step: () => anything,
  mask: () => new TokenMask(0, null, []),
  forced: () => [],
};

/** Where a text first has to repeat bytes, the end of its prompt that was taken back, before a grammar begins or all is free. */
export class PrefixState implements RowState {
  readonly isAccepting = false;
  readonly isComplete = false;
  readonly #vocabulary: TokenVocabulary;
  readonly #bytes: Uint8Array;
  /** What follows the bytes. */
  readonly #then: RowState & { stepByte?(byte: number): RowState | null };
  #mask: TokenMask | null = null;

  /** @param bytes at least one */
  constructor(vocabulary: TokenVocabulary, bytes: Uint8Array, then: RowState) {
    this.#vocabulary = vocabulary;
    this.#bytes = bytes;
    this.#then = then;
  }

  step(token: number): RowState | null {
    const own = this.#vocabulary.bytesOf(token);
    if (!own || own.length === 0) return null;
    const shared = Math.min(own.length, this.#bytes.length);
    for (let i = 0; i < shared; i++) if (own[i] !== this.#bytes[i]) return null;
    if (own.length < this.#bytes.length)
      return new PrefixState(this.#vocabulary, this.#bytes.subarray(own.length), this.#then);
    let state: RowState | null = this.#then;
    for (let i = shared; state && i < own.length; i++) state = stepByte(state, own[i] ?? 0);
    return state;
  }

  /** The tokens that the bytes begin with, and those that begin with the bytes and go on as may follow. */
  mask(): TokenMask {
    return (this.#mask ??= new TokenMask(this.#vocabulary.size, null, this.#tokens()));
  }

  /** The choice is left to the model: that is what the bytes were taken back for. */
  forced(): readonly number[] {
    return [];
  }

  #tokens(): number[] {
    const { trie } = this.#vocabulary;
    const tokens: number[] = [];
    const addAt = (node: number): void => {
      for (let i = trie.first[node] ?? 0; i < (trie.first[node + 1] ?? 0); i++) tokens.push(trie.order[i] ?? 0);
    };
    let node = 0;
    for (const byte of this.#bytes) {
      node = childOf(trie, node, byte);
      if (node < 0) return tokens;
      addAt(node);
    }
    const addBelow = (parent: number, state: RowState): void => {
      for (let child = parent + 1; child < (trie.end[parent] ?? 0); child = trie.end[child] ?? child + 1) {
        const next = stepByte(state, trie.byte[child] ?? 0);
        if (!next) continue;
        addAt(child);
        addBelow(child, next);
      }
    };
    addBelow(node, this.#then);
    return tokens;
  }
}

const stepByte = (state: RowState & { stepByte?(byte: number): RowState | null }, byte: number): RowState | null =>
  state.stepByte ? state.stepByte(byte) : state;
