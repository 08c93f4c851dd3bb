import type { MergeTable } from "./merge-table.ts";
import { MinHeap } from "./min-heap.ts";

/** A heap key is rank · 2³¹ + position: the lowest rank first, of equal ranks the leftmost. */
const positions = 2 ** 31;

/** Room for pieces of up to this many tokens is kept from one piece to the next. */
const keptTokens = 65_536;

/**
 * Merges neighbouring tokens of one piece of text: while neighbours form a listed pair, the pair of lowest rank (of equal
 * ranks the leftmost) becomes one token. With a heap over positions this takes `O(n log n)`, and no object for a token.
 */
export class PairMerger {
  readonly #merges: MergeTable;
  readonly #heap = new MinHeap();
  #ids = new Int32Array(64);
  #starts = new Int32Array(64);
  #ends = new Int32Array(64);
  /** A doubly linked list of the live tokens; −1 in `#ids` marks a token that was merged into its left neighbour. */
  #previous = new Int32Array(64);
  #next = new Int32Array(64);
  /** Of the pair that each live token is the left of, −1 where there is none. */
  #ranks = new Int32Array(64);
  #count = 0;

  constructor(merges: MergeTable) {
    this.#merges = merges;
  }

  /** Begins a piece. */
  clear(): void {
    this.#count = 0;
    if (this.#ids.length > keptTokens) this.#resize(64);
  }

  /** Appends a token, which stands for the units `[start, end)` of the piece. */
  push(id: number, start: number, end: number): void {
    const at = this.#count++;
    if (at === this.#ids.length) this.#resize(2 * at);
    this.#ids[at] = id;
    this.#starts[at] = start;
    this.#ends[at] = end;
  }

  #resize(length: number): void {
    const resized = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const array = new Int32Array(length);
      array.set(old.subarray(0, Math.min(this.#count, length)));
      return array;
    };
    this.#ids = resized(this.#ids);
    this.#starts = resized(this.#starts);
    this.#ends = resized(this.#ends);
    // Nothing is in the list before `mergeAll`.
    this.#previous = new Int32Array(length);
    this.#next = new Int32Array(length);
    this.#ranks = new Int32Array(length);
  }

  /** Merges what is to be merged. */
  mergeAll(): void {
    const count = this.#count;
    const [ids, previous, next, ranks] = [this.#ids, this.#previous, this.#next, this.#ranks];
    const [merges, heap] = [this.#merges, this.#heap];
    heap.clear();
    for (let at = 0; at < count; at++) {
      previous[at] = at - 1;
      next[at] = at + 1 < count ? at + 1 : -1;
      if (at > 0) this.#offer(at - 1, at);
    }
    if (count > 0) ranks[count - 1] = -1;
    while (heap.size > 0) {
      const key = heap.pop();
      const rank = Math.floor(key / positions);
      const left = key % positions;
      const right = next[left] as number;
      if ((ids[left] as number) < 0 || right < 0) continue;
      const current = ranks[left] as number;
      // The entry is stale unless the pair that now stands here makes the same token.
      const merged = merges.merged(rank);
      if (current < 0 || merges.merged(current) !== merged) continue;
      ids[left] = merged;
      ids[right] = -1;
      const after = next[right] as number;
      next[left] = after;
      if (after >= 0) previous[after] = left;
      const before = previous[left] as number;
      if (before >= 0) this.#offer(before, left);
      if (after >= 0) this.#offer(left, after);
      else ranks[left] = -1;
    }
  }

  #offer(left: number, right: number): void {
    const rank = this.#merges.rank(this.#ids[left] as number, this.#ids[right] as number);
    this.#ranks[left] = rank;
    if (rank >= 0) this.#heap.push(rank * positions + left);
  }

  /** Gives the tokens after `mergeAll`, from left to right. */
  forEach(visit: (id: number, start: number, end: number) => void): void {
    for (let at = this.#count > 0 ? 0 : -1; at >= 0;) {
      const following = this.#next[at] as number;
      const last = (following < 0 ? this.#count : following) - 1;
      visit(this.#ids[at] as number, this.#starts[at] as number, this.#ends[last] as number);
      at = following;
    }
  }
}
