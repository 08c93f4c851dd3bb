import { TokenizerError } from "../../errors.ts";

/** Above this many children a node is searched by halving. */
const linearSearchLimit = 8;

/** Above this many children the root gets a table over all UTF-16 units. */
const rootTableLimit = 32;

/** Nodes of ten bytes; vocabularies of a quarter of a million pieces have about one million. */
const maxNodes = 6_000_000;

/** The number of different prefixes of the sorted keys, the empty one included. */
const countPrefixes = (keys: readonly string[]): number => {
  let count = 1;
  let previous = "";
  for (const key of keys) {
    let shared = 0;
    while (shared < previous.length && previous.charCodeAt(shared) === key.charCodeAt(shared)) shared++;
    count += key.length - shared;
    previous = key;
  }
  return count;
};

/**
 * A read-only prefix tree over UTF-16 units in packed arrays. Nodes are numbered breadth first with siblings in
 * ascending order, so the children of node `n` are the nodes from `firstChild[n]` to `firstChild[n + 1]`; a step down
 * costs at most 16 comparisons whatever the keys are. Building is a sort and one pass over the keys.
 */
export class Trie {
  readonly #firstChild: Int32Array;
  readonly #units: Uint16Array;
  readonly #values: Int32Array;
  readonly #rootTable: Int32Array | null;

  /** `entries` maps keys to values ≥ 0. The empty key is ignored. @throws TokenizerError for more than six million nodes */
  constructor(entries: ReadonlyMap<string, number>) {
    const keys = [...entries.keys()].sort();
    const capacity = countPrefixes(keys);
    if (capacity > maxNodes)
      throw new TokenizerError("tokenizer", {
        field: "vocabulary",
        problem: `has tokens with ${capacity} different beginnings, expected at most ${maxNodes}`,
        mend: "check its longest tokens: no real vocabulary has such long ones",
      });
    const firstChild = new Int32Array(capacity + 1);
    const units = new Uint16Array(capacity);
    const values = new Int32Array(capacity).fill(-1);
    // A node that is not done stands for the keys in [from, to), which share their first `depth` units. No two of these have a
    // key in common, so a ring of as many as there are keys holds them.
    const room = Math.max(1, keys.length);
    const from = new Int32Array(room);
    const to = new Int32Array(room);
    const depth = new Int32Array(room);
    to[0] = keys.length;
    let nodes = 1;
    for (let node = 0; node < nodes; node++) {
      firstChild[node] = nodes;
      const slot = node % room;
      const at = depth[slot] as number;
      const end = to[slot] as number;
      let next = from[slot] as number;
      const key = keys[next];
      if (key !== undefined && next < end && key.length === at) {
        if (at > 0) values[node] = entries.get(key) as number;
        next++;
      }
      while (next < end) {
        const unit = (keys[next] as string).charCodeAt(at);
        const child = nodes % room;
        from[child] = next++;
        while (next < end && (keys[next] as string).charCodeAt(at) === unit) next++;
        to[child] = next;
        depth[child] = at + 1;
        units[nodes++] = unit;
      }
    }
    firstChild[nodes] = nodes;
    this.#firstChild = firstChild;
    this.#units = units;
    this.#values = values;
    this.#rootTable = nodes > 1 ? this.#makeRootTable() : null;
  }

  #makeRootTable(): Int32Array | null {
    const end = this.#firstChild[1] as number;
    if (end - 1 <= rootTableLimit) return null;
    const table = new Int32Array(0x10000).fill(-1);
    for (let node = 1; node < end; node++) table[this.#units[node] as number] = node;
    return table;
  }

  /** The node of the empty prefix. */
  readonly root = 0;

  /** The node that `unit` leads to from `node`, or −1. */
  child(node: number, unit: number): number {
    if (node === 0 && this.#rootTable !== null) return this.#rootTable[unit] as number;
    let low = this.#firstChild[node] as number;
    let high = this.#firstChild[node + 1] as number;
    while (high - low > linearSearchLimit) {
      const middle = (low + high) >> 1;
      if ((this.#units[middle] as number) <= unit) low = middle;
      else high = middle;
    }
    for (let candidate = low; candidate < high; candidate++) {
      if (this.#units[candidate] === unit) return candidate;
    }
    return -1;
  }

  /** The value of the key that ends at `node`, or −1. */
  value(node: number): number {
    return this.#values[node] as number;
  }

  /** The longest key that `text` has at `start`, as its end and its value; null if there is none. */
  longestMatch(text: string, start: number): { end: number; value: number } | null {
    let found: { end: number; value: number } | null = null;
    let node = this.child(this.root, text.charCodeAt(start));
    for (let at = start + 1; node >= 0; at++) {
      const value = this.value(node);
      if (value >= 0) found = { end: at, value };
      node = at < text.length ? this.child(node, text.charCodeAt(at)) : -1;
    }
    return found;
  }
}
