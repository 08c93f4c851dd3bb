import type { TokenTrie } from "../vocabulary/token-trie.ts";

/** Adds a token to a set of bits. */
export function setBit(words: Uint32Array, id: number): void {
  words[id >>> 5] = (words[id >>> 5] as number) | (1 << (id & 31));
}

/** Adds the tokens that end at a node to a set of bits. */
export function setTokens(words: Uint32Array, { first, order }: TokenTrie, node: number): void {
  for (let i = first[node] as number; i < (first[node + 1] as number); i++) setBit(words, order[i] as number);
}

/** Takes the tokens of a node and of all below it out of a set of bits. */
export function clearSubtree(words: Uint32Array, { first, end, order }: TokenTrie, node: number): void {
  const last = first[end[node] as number] as number;
  for (let i = first[node] as number; i < last; i++) {
    const id = order[i] as number;
    words[id >>> 5] = (words[id >>> 5] as number) & ~(1 << (id & 31));
  }
}

/** Of each node of a trie, its distance from the root. */
export function depthsOf({ nodeCount, end }: TokenTrie): Uint16Array {
  const depths = new Uint16Array(nodeCount);
  const open: number[] = [];
  for (let node = 0; node < nodeCount; node++) {
    while (open.length > 0 && (open.at(-1) as number) <= node) open.pop();
    depths[node] = open.length;
    open.push(end[node] as number);
  }
  return depths;
}
