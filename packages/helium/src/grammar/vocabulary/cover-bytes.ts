import { childOf, type TokenTrie } from "./token-trie.ts";

/**
 * The fewest tokens whose bytes are `bytes`, one after another; of equally many the ones with the longest first token. Null
 * if there are none. Work: the length times the longest token.
 */
export function coverBytes(trie: TokenTrie, bytes: Uint8Array): readonly number[] | null {
  const { length } = bytes;
  // From place n on: how many tokens make up the rest, and the first of these with its end.
  const counts = new Float64Array(length + 1).fill(Infinity);
  const tokens = new Int32Array(length);
  const ends = new Int32Array(length);
  counts[length] = 0;
  for (let from = length - 1; from >= 0; from--) {
    let node = 0;
    for (let at = from; at < length; at++) {
      node = childOf(trie, node, bytes[at] as number);
      if (node < 0) break;
      const first = trie.first[node] as number;
      const count = (counts[at + 1] as number) + 1;
      if (first === trie.first[node + 1] || count === Infinity || count > (counts[from] as number)) continue;
      counts[from] = count;
      tokens[from] = trie.order[first] as number;
      ends[from] = at + 1;
    }
  }
  if (counts[0] === Infinity) return null;
  const ids: number[] = [];
  for (let at = 0; at < length; at = ends[at] as number) ids.push(tokens[at] as number);
  return ids;
}
