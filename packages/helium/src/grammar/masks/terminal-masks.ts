import { GrammarLimitError } from "../../errors.ts";
import type { Regex, RegexArena } from "../regex/index.ts";
import type { TokenTrie } from "../vocabulary/token-trie.ts";
import { LoopTable, type DenseMask, type TerminalMask } from "./loop-table.ts";
import { FEW } from "./token-mask.ts";
import { clearSubtree, depthsOf, setBit, setTokens } from "./trie-bits.ts";

/** A result with many tokens. */
interface Base {
  readonly regex: Regex;
  readonly mask: DenseMask;
}

/** Loops whose counts along the trie are kept: a megabyte or two for each. */
const MOST_LOOPS = 8;

/** Bits that are kept, in bytes; beyond them all but the results that others are made from are forgotten. */
const KEPT_BYTES = 64 * 2 ** 20;

/** States that one walk may make. */
const MOST_MADE = 100_000;

/** Results with many tokens that others are made from, at most. */
const MOST_BASES = 32;

/** Bytes by which it is found from which result another is made: those that texts are full of. */
const SAMPLE = [..." eaAtn1.-\u00e9中"].flatMap((character) => new TextEncoder().encode(character)[0] ?? []);

/**
 * Which tokens may come at each state of a terminal's regular expression, whatever stands around the terminal: found once for
 * each state by a walk over the trie, for all grammars of an arena.
 *
 * A walk over the whole vocabulary takes milliseconds, and JSON strings that exclude some keys, or have a length, have many
 * states. But a string that excludes keys becomes, behind most tokens' first bytes, the same as the plain string there: such a
 * result is made from an earlier one, and only the part of the trie is walked where the two states differ. And one with a
 * length is the plain string's without the tokens that are too long, or close it too soon.
 */
export class TerminalMasks {
  readonly #regexes: RegexArena;
  readonly #trie: TokenTrie;
  readonly #vocabSize: number;
  /** Of each node, its distance from the root. */
  readonly #depth: Uint16Array;
  readonly #known = new Map<Regex, TerminalMask>();
  readonly #bases: Base[] = [];
  readonly #loops = new Map<Regex, LoopTable | null>();
  /** States of the terminal, and of the base, along the path from the root. */
  readonly #path: Int32Array;
  readonly #basePath: Int32Array;
  /** Bits of the walk under way; none between walks. */
  readonly #scratch: Uint32Array;
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
    this.#scratch = new Uint32Array(Math.ceil(vocabSize / 32));
  }

  /** @throws GrammarLimitError */
  of(regex: Regex): TerminalMask {
    const known = this.#known.get(regex);
    if (known) return known;
    this.#sizeBefore = this.#regexes.size;
    const counted = this.#counted(regex);
    const base = counted ? null : this.#baseFor(regex);
    const made = counted ?? (base ? this.#difference(regex, base) : this.#walk(regex));
    const { words } = made;
    this.#keptBytes += words?.byteLength ?? 0;
    if (this.#keptBytes > KEPT_BYTES) {
      this.#known.clear();
      for (const { regex: one, mask } of this.#bases) this.#known.set(one, mask);
      this.#keptBytes = words?.byteLength ?? 0;
    }
    this.#known.set(regex, made);
    if (words && !base && !counted && this.#bases.length < MOST_BASES)
      this.#bases.push({ regex, mask: { ...made, words } });
    return made;
  }

  /** That of a loop that is to be repeated so often, from the loop's with any number of times; null for all else. */
  #counted(regex: Regex): TerminalMask | null {
    const loop = this.#regexes.loopOf(regex);
    if (!loop) return null;
    const mask = this.of(loop.unlimited);
    if (!mask.words) return null;
    let table = this.#loops.get(loop.unlimited);
    if (table === undefined) {
      table = LoopTable.of(this.#regexes, loop, {
        trie: this.#trie,
        depth: this.#depth,
        mask: { ...mask, words: mask.words },
      });
      if (this.#loops.size >= MOST_LOOPS) this.#loops.clear();
      this.#loops.set(loop.unlimited, table);
    }
    return table?.mask(loop.min, loop.max) ?? null;
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
    const most = this.#vocabSize * FEW;
    const scratch = this.#scratch;
    const ids: number[] = [];
    const exits: number[] = [];
    let count = 0;
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
      for (let i = first[node] as number; i < (first[node + 1] as number); i++) {
        const id = order[i] as number;
        setBit(scratch, id);
        if (count++ < most) ids.push(id);
      }
      node++;
      if (after > node && regexes.isNullable(state)) {
        exits.push(node - 1);
        if (!regexes.hasNext(state)) node = after;
      }
    }
    const words = count > most ? scratch.slice() : null;
    scratch.fill(0);
    return { words, ids: words ? [] : ids, exits: Int32Array.from(exits) };
  }

  /** The earlier result whose state becomes the same behind most bytes; null where none does. */
  #baseFor(regex: Regex): Base | null {
    const next = SAMPLE.map((byte) => this.#regexes.step(regex, byte));
    let [best, most]: [Base | null, number] = [null, SAMPLE.length / 2];
    for (const base of this.#bases) {
      const same = SAMPLE.filter((byte, i) => {
        const other = this.#regexes.step(base.regex, byte);
        return other !== this.#regexes.nothing && other === next[i];
      }).length;
      if (same > most) [best, most] = [base, same];
    }
    return best;
  }

  /** A copy of the base's result, changed where the two states differ. */
  #difference(regex: Regex, base: Base): TerminalMask {
    const { nodeCount, byte, end } = this.#trie;
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
      if (state === baseState) {
        if (state !== nothing) takeExits(node, after, true);
        node = after;
        continue;
      }
      this.#checkSize();
      path[d] = state;
      basePath[d] = baseState;
      if (state === nothing) {
        clearSubtree(words, this.#trie, node);
        takeExits(node, after, false);
        node = after;
        continue;
      }
      setTokens(words, this.#trie, node);
      takeExits(node, node + 1, false);
      if (after > node + 1 && regexes.isNullable(state)) exits.push(node);
      node++;
    }
    return { words, ids: [], exits: Int32Array.from(exits) };
  }
}
