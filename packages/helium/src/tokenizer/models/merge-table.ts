import { maxIds } from "../stages.ts";

/** One merge: the pair of ids and the id of the token they become. Its rank is its place in the list. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly merged: number;
}

/**
 * The merges of a BPE model, found by pair. Merges are grouped by their left id and sorted by their right id within a
 * group, so a look-up is one binary search whatever the file holds. Of a pair listed twice the last one counts.
 */
export class MergeTable {
  /** Merges with left id `l` lie from `#groupStart[l]` to `#groupStart[l + 1]`. */
  readonly #groupStart: Int32Array;
  readonly #rights: Int32Array;
  readonly #ranks: Int32Array;
  /** The id that the merge of a rank makes. */
  readonly #merged: Int32Array;

  constructor(merges: readonly Merge[]) {
    const highest = merges.reduce((top, merge) => Math.max(top, merge.left), -1);
    const starts = new Int32Array(highest + 2);
    for (const { left } of merges) starts[left + 1] = (starts[left + 1] as number) + 1;
    for (let left = 0; left <= highest; left++) {
      starts[left + 1] = (starts[left + 1] as number) + (starts[left] as number);
    }
    // right · 2²² + rank sorts a group by right id and equal pairs by rank, exactly, in one double.
    const keys = new Float64Array(merges.length);
    const fill = starts.slice();
    merges.forEach(({ left, right }, rank) => {
      const slot = fill[left] as number;
      fill[left] = slot + 1;
      keys[slot] = right * maxIds + rank;
    });
    for (let left = 0; left <= highest; left++) keys.subarray(starts[left], starts[left + 1]).sort();
    this.#groupStart = starts;
    this.#rights = Int32Array.from(keys, (key) => Math.floor(key / maxIds));
    this.#ranks = Int32Array.from(keys, (key) => key % maxIds);
    this.#merged = Int32Array.from(merges, ({ merged }) => merged);
  }

  /** The rank of the merge of `left` and `right`, or −1. */
  rank(left: number, right: number): number {
    if (left + 1 >= this.#groupStart.length) return -1;
    let low = this.#groupStart[left] as number;
    let high = this.#groupStart[left + 1] as number;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rights[middle] as number) <= right) low = middle + 1;
      else high = middle;
    }
    const found = low - 1;
    if (found < (this.#groupStart[left] as number) || this.#rights[found] !== right) return -1;
    return this.#ranks[found] as number;
  }

  /** The id that the merge of this rank makes. */
  merged(rank: number): number {
    return this.#merged[rank] as number;
  }
}
