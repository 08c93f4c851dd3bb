import type { GrammarState } from "../automaton/grammar-state.ts";
import type { RegexArena } from "../regex/index.ts";
import type { TokenTrie } from "../vocabulary/token-trie.ts";
import type { TerminalMasks } from "./terminal-masks.ts";
import { TokenMask } from "./token-mask.ts";

/** Where states lead. */
interface States {
  readonly regexes: RegexArena;
  /** The state in which a terminal has just ended. */
  behind(continuation: number): GrammarState | null;
}

/**
 * Which tokens may come at a state: those that stay within one of its terminals, known for each terminal's state by itself, and
 * those that go on behind its end, for which the states behind are walked along the few parts of the trie that are left there.
 */
export class StateMasks {
  readonly #states: States;
  readonly #terminals: TerminalMasks;
  readonly #trie: TokenTrie;
  readonly #vocabSize: number;
  /** The bytes that may come first at a state, as eight words. */
  readonly #first = new WeakMap<GrammarState, Uint32Array>();

  constructor(states: States, terminals: TerminalMasks, trie: TokenTrie, vocabSize: number) {
    this.#states = states;
    this.#terminals = terminals;
    this.#trie = trie;
    this.#vocabSize = vocabSize;
  }

  /** @throws GrammarLimitError */
  of({ regexes, continuations }: GrammarState): TokenMask {
    let words: Uint32Array | null = null;
    let isShared = true;
    const few: number[] = [];
    for (let i = 0; i < regexes.length; i++) {
      const { words: own, ids, exits } = this.#terminals.of(regexes[i] ?? 0);
      if (own && words && words !== own) {
        words = isShared ? words.slice() : words;
        isShared = false;
        merge(words, own);
      } else words ??= own;
      for (const id of ids) few.push(id);
      const behind = exits.length > 0 ? this.#states.behind(continuations[i] ?? 0) : null;
      if (behind && behind.regexes.length > 0) this.#addBehind(behind, exits, few);
    }
    return new TokenMask(this.#vocabSize, words, few, isShared);
  }

  /** Tokens of the subtrees below `exits` that go on from a state. */
  #addBehind(state: GrammarState, exits: Int32Array, found: number[]): void {
    const { byte, end } = this.#trie;
    const isFirst = this.#firstBytes(state);
    for (const exit of exits) {
      const last = end[exit] as number;
      for (let child = exit + 1; child < last; child = end[child] as number) {
        const next = byte[child] as number;
        if ((((isFirst[next >>> 5] as number) >>> (next & 31)) & 1) === 1) this.#walk(state, child, found);
      }
    }
  }

  /** Tokens of the subtree of a node, whose byte is the next one. */
  #walk(from: GrammarState, start: number, found: number[]): void {
    const { byte, end, first, order } = this.#trie;
    const path: { readonly state: GrammarState; readonly end: number }[] = [];
    const last = end[start] as number;
    for (let node = start; node < last;) {
      while (path.length > 0 && (path.at(-1)?.end ?? 0) <= node) path.pop();
      const state = (path.at(-1)?.state ?? from).stepByte(byte[node] as number);
      const after = end[node] as number;
      if (!state) {
        node = after;
        continue;
      }
      for (let i = first[node] as number; i < (first[node + 1] as number); i++) found.push(order[i] as number);
      if (after > node + 1) path.push({ state, end: after });
      node++;
    }
  }

  #firstBytes(state: GrammarState): Uint32Array {
    const known = this.#first.get(state);
    if (known) return known;
    const made = new Uint32Array(8);
    for (const regex of state.regexes) this.#states.regexes.addFirstBytes(regex, made);
    this.#first.set(state, made);
    return made;
  }
}

function merge(into: Uint32Array, from: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) | (from[i] as number);
}
