import { GrammarLimitError } from "../../errors.ts";
import type { Regex, RegexArena } from "../regex/index.ts";
import type { TokenTrie } from "../vocabulary/token-trie.ts";
import { FEW } from "./token-mask.ts";

/** What the tokens of a vocabulary do at one state of a terminal. */
export interface TerminalMask {
  /** Tokens that stay within the terminal, or end with it: one bit for each, where they are many. */
  readonly words: Uint32Array | null;
  /** The same where they are few. */
  readonly ids: readonly number[];
  /** Nodes of the trie, ascending, at which the terminal may end in the middle of tokens: what follows it goes on there. */
  readonly exits: Int32Array;
}

/** A result with many tokens. */
interface Base {
  readonly regex: Regex;
  readonly mask: TerminalMask & { readonly words: Uint32Array };
}

/** Bits that are kept, in bytes; beyond them all but the results that others are made from are forgotten. */
const KEPT_BYTES = 64 * 2 ** 20;

/** States that one walk may make. */
const MOST_MADE = 100_000;

/** Results with many tokens that others are made from, at most. */
const MOST_BASES = 32;

/** Bytes by which it is found from which result another is made: those that texts are full of. */
const SAMPLE = [..." eaAtn1.-\u00e9中"].flatMap((character) => new TextEncoder().encode(character)[0] ?? []);

/** Lengths for which states are compared: all short ones, since nearly all tokens are short. */
const LENGTHS = [...Array.from({ length: 24 }, (_, i) => i + 1), 32, 64, 128, 256, 65_535] as const;

/**
 * Which tokens may come at each state of a terminal's regular expression, whatever stands around the terminal: found once for
 * each state by a walk over the trie, for all grammars of an arena.
 *
 * A walk over the whole vocabulary takes milliseconds, and JSON strings that exclude some keys, or have a length, have many
 * states. But such a state becomes, behind most tokens' first bytes, the same as the plain string's there. So a result with
 * many tokens is made from an earlier one, and only the part of the trie is walked where the two states differ.
 */
export class TerminalMasks {
  readonly #regexes: RegexArena;
  readonly #trie: TokenTrie;
  readonly #vocabSize: number;
  /** Of each node, its distance from the root. */
  readonly #depth: Uint16Array;
  readonly #known = new Map<Regex, TerminalMask>();
  readonly #bases: Base[] = [];
  readonly #within = LENGTHS.map(() => new Map<Regex, Regex>());
  /** States of the terminal, and of the base, along the path from the root. */
  readonly #path: Int32Array;
  readonly #basePath: Int32Array;
  #keptBytes = 0;
  /** Nodes of the arena when the walk began. */
  #sizeBefore = 0;

  constructor(regexes: RegexArena, trie: TokenTrie, vocabSize: number) {
    this.#regexes = regexes;
    this.#trie = trie;
    this.#vocabSize = vocabSize;
    this.#depth = depthsOf(trie);
    this.#path = new Int32Array((trie.height[0] ?? 0) + 2);
    this.#basePath = new Int32Array((trie.height[0] ?? 0) + 2);
  }

  /** @throws GrammarLimitError */
  of(regex: Regex): TerminalMask {
    const known = this.#known.get(regex);
    if (known) return known;
    this.#sizeBefore = this.#regexes.size;
    const base = this.#baseFor(regex);
    const made = base ? this.#difference(regex, base) : this.#walk(regex);
    const { words } = made;
    this.#keptBytes += words?.byteLength ?? 0;
    if (this.#keptBytes > KEPT_BYTES) {
      this.#known.clear();
      for (const { regex: one, mask } of this.#bases) this.#known.set(one, mask);
      this.#keptBytes = words?.byteLength ?? 0;
    }
    this.#known.set(regex, made);
    if (words && !base && this.#bases.length < MOST_BASES) this.#bases.push({ regex, mask: { ...made, words } });
    return made;
  }

  /** @throws GrammarLimitError for a pattern with a state for nearly every text */
  #checkSize(): void {
    if (this.#regexes.size - this.#sizeBefore > MOST_MADE)
      throw new GrammarLimitError(
        "pattern",
        `needs more than ${MOST_MADE} states for the tokens at one place; simplify it or give it smaller counts`,
        { limit: MOST_MADE },
      );
  }

  /** A walk over the part of the trie that the terminal allows. */
  #walk(regex: Regex): TerminalMask {
    const { nodeCount, byte, end, first, order } = this.#trie;
    const [regexes, depth, path] = [this.#regexes, this.#depth, this.#path];
    const ids: number[] = [];
    const exits: number[] = [];
    path[0] = regex;
    for (let node = 1; node < nodeCount;) {
      const d = depth[node] as number;
      const state = regexes.step(path[d - 1] as number, byte[node] as number);
      const after = end[node] as number;
      if (state === regexes.nothing) {
        node = after;
        continue;
      }
      if ((node & 255) === 0) this.#checkSize();
      path[d] = state;
      for (let i = first[node] as number; i < (first[node + 1] as number); i++) ids.push(order[i] as number);
      if (after > node + 1) {
        if (regexes.isNullable(state)) exits.push(node);
        if (!regexes.hasNext(state)) node = after - 1;
      }
      node++;
    }
    if (ids.length <= this.#vocabSize * FEW) return { words: null, ids, exits: Int32Array.from(exits) };
    const words = new Uint32Array(Math.ceil(this.#vocabSize / 32));
    for (const id of ids) words[id >>> 5] = (words[id >>> 5] as number) | (1 << (id & 31));
    return { words, ids: [], exits: Int32Array.from(exits) };
  }

  /** The earlier result whose state becomes the same behind most bytes; null where none does. */
  #baseFor(regex: Regex): Base | null {
    const next = SAMPLE.map((byte) => this.#regexes.step(regex, byte));
    let [best, most]: [Base | null, number] = [null, SAMPLE.length / 2];
    for (const base of this.#bases) {
      const same = SAMPLE.filter((byte, i) => {
        const other = this.#regexes.step(base.regex, byte);
        return other !== this.#regexes.nothing && this.#isSame(next[i] ?? 0, other, 4);
      }).length;
      if (same > most) [best, most] = [base, same];
    }
    return best;
  }

  /** The same texts of up to so many bytes, as far as is seen at once. */
  #isSame(a: Regex, b: Regex, bytes: number): boolean {
    if (a === b) return true;
    if (a === this.#regexes.nothing || b === this.#regexes.nothing) return false;
    if (!this.#regexes.isCounted(a) && !this.#regexes.isCounted(b)) return false;
    const length = bytes <= 24 ? Math.max(0, bytes - 1) : LENGTHS.findIndex((one) => one >= bytes);
    return this.#shortened(a, length) === this.#shortened(b, length);
  }

  #shortened(regex: Regex, length: number): Regex {
    const table = this.#within[length];
    const known = table?.get(regex);
    if (known !== undefined) return known;
    const made = this.#regexes.within(regex, LENGTHS[length] ?? Infinity);
    table?.set(regex, made);
    return made;
  }

  /** A copy of the base's result, changed where the two states differ. */
  #difference(regex: Regex, base: Base): TerminalMask {
    const { nodeCount, byte, end, height, first, order } = this.#trie;
    const [regexes, depth, path, basePath] = [this.#regexes, this.#depth, this.#path, this.#basePath];
    const words = base.mask.words.slice();
    const exits: number[] = [];
    let baseExit = 0;
    const { nothing } = regexes;
    const takeExits = (from: number, to: number, isKept: boolean): void => {
      const all = base.mask.exits;
      while (baseExit < all.length && (all[baseExit] as number) < from) baseExit++;
      for (; baseExit < all.length && (all[baseExit] as number) < to; baseExit++)
        if (isKept) exits.push(all[baseExit] as number);
    };
    path[0] = regex;
    basePath[0] = base.regex;
    for (let node = 1; node < nodeCount;) {
      const d = depth[node] as number;
      const after = end[node] as number;
      const [before, baseBefore] = [path[d - 1] as number, basePath[d - 1] as number];
      const state = before === nothing ? nothing : regexes.step(before, byte[node] as number);
      const baseState = baseBefore === nothing ? nothing : regexes.step(baseBefore, byte[node] as number);
      if (this.#isSame(state, baseState, height[node] as number)) {
        if (state !== nothing) takeExits(node, after, true);
        node = after;
        continue;
      }
      this.#checkSize();
      path[d] = state;
      basePath[d] = baseState;
      if (state === nothing) {
        for (let i = first[node] as number; i < (first[after] as number); i++) clear(words, order[i] as number);
        takeExits(node, after, false);
        node = after;
        continue;
      }
      for (let i = first[node] as number; i < (first[node + 1] as number); i++) set(words, order[i] as number);
      takeExits(node, node + 1, false);
      if (after > node + 1 && regexes.isNullable(state)) exits.push(node);
      node++;
    }
    return { words, ids: [], exits: Int32Array.from(exits) };
  }
}

function set(words: Uint32Array, id: number): void {
  words[id >>> 5] = (words[id >>> 5] as number) | (1 << (id & 31));
}

function clear(words: Uint32Array, id: number): void {
  words[id >>> 5] = (words[id >>> 5] as number) & ~(1 << (id & 31));
}

function depthsOf({ nodeCount, end }: TokenTrie): Uint16Array {
  const depths = new Uint16Array(nodeCount);
  const open: number[] = [];
  for (let node = 0; node < nodeCount; node++) {
    while (open.length > 0 && (open.at(-1) as number) <= node) open.pop();
    depths[node] = open.length;
    open.push(end[node] as number);
  }
  return depths;
}
