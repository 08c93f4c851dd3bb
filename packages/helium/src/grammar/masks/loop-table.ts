import type { CountedLoop, Regex, RegexArena } from "../regex/index.ts";
import type { TokenTrie } from "../vocabulary/token-trie.ts";
import { clearSubtree } from "./trie-bits.ts";

/** What the tokens of a vocabulary do at one state of a terminal. */
export interface TerminalMask {
  /** Tokens that stay within the terminal, or end with it: one bit for each, where they are many. */
  readonly words: Uint32Array | null;
  /** The same where they are few. */
  readonly ids: readonly number[];
  /** Nodes of the trie, ascending, at which the terminal may end in the middle of tokens: what follows it goes on there. */
  readonly exits: Int32Array;
}

/** One with many tokens. */
export type DenseMask = TerminalMask & { readonly words: Uint32Array };

/**
 * How often a loop's part has been begun at each node of the trie, so that the tokens that may come when it is to be repeated
 * from `min` to `max` times are those of any number of times without some subtrees: strings of JSON have a state for each
 * length that is left, which would be as many walks over the whole vocabulary.
 */
export class LoopTable {
  readonly #trie: TokenTrie;
  /** Of the loop with any number of times. */
  readonly #mask: DenseMask;
  /** By count: the nodes whose byte begins the part for the count-th time. */
  readonly #starts: number[][] = [];
  /** The nodes whose byte begins the tail, ascending, and how often the part came before. */
  readonly #tails: number[] = [];
  readonly #tailCounts: number[] = [];

  private constructor(trie: TokenTrie, mask: DenseMask) {
    this.#trie = trie;
    this.#mask = mask;
  }

  /**
   * @param depth of each node, its distance from the root
   * @param mask of the loop with any number of times
   * @returns null where texts do not tell how often the part came: where it may end and go on
   */
  static of(
    regexes: RegexArena,
    { of, tail }: CountedLoop,
    {
      trie,
      depth,
      mask,
    }: {
      readonly trie: TokenTrie;
      readonly depth: Uint16Array;
      readonly mask: DenseMask;
    },
  ): LoopTable | null {
    const table = new LoopTable(trie, mask);
    const { nodeCount, byte, end } = trie;
    // Along the path from the root: what is left of the part that was begun (`of` = none was), and how many were.
    const states: Regex[] = [of];
    const counts = [0];
    for (let node = 1; node < nodeCount;) {
      const d = depth[node] as number;
      const [before, count] = [states[d - 1] ?? of, counts[d - 1] ?? 0];
      const isBoundary = before === of;
      const state = regexes.step(before, byte[node] as number);
      if (state === regexes.nothing) {
        if (isBoundary && regexes.step(tail, byte[node] as number) !== regexes.nothing) {
          table.#tails.push(node);
          table.#tailCounts.push(count);
        }
        node = end[node] as number;
        continue;
      }
      const isEnded = regexes.isNullable(state);
      if (isEnded && regexes.hasNext(state)) return null;
      if (isBoundary) (table.#starts[count + 1] ??= []).push(node);
      states[d] = isEnded ? of : state;
      counts[d] = isBoundary ? count + 1 : count;
      node++;
    }
    return table;
  }

  /** The tokens that may come where the part is to be repeated so often. */
  mask(min: number, max: number): TerminalMask {
    const { end } = this.#trie;
    const words = this.#mask.words.slice();
    for (const node of this.#starts[max + 1] ?? []) clearSubtree(words, this.#trie, node);
    const exits: number[] = [];
    let at = 0;
    for (const [i, node] of this.#tails.entries()) {
      const count = this.#tailCounts[i] ?? 0;
      const isOpen = count >= min && count <= max;
      if (count < min) clearSubtree(words, this.#trie, node);
      const all = this.#mask.exits;
      while (at < all.length && (all[at] as number) < node) at++;
      for (; at < all.length && (all[at] as number) < (end[node] as number); at++)
        if (isOpen) exits.push(all[at] as number);
    }
    return { words, ids: [], exits: Int32Array.from(exits) };
  }
}
