import { childOf, type TokenTrie } from "./token-trie.ts";

/**
 * The fewest tokens whose bytes are `bytes`, one after another; of equally many the ones with the longest last token. Null
 * if there are none. Work: the length times the longest token.
 */
export function coverBytes(trie: TokenTrie, bytes: Uint8Array): readonly number[] | null {
  const { length } = bytes;
  // Of the first n bytes: how many tokens make them up, and the last of these.
  const counts = new Float64Array(length + 1).fill(Infinity);
  const lasts = new Int32Array(length + 1);
  const starts = new Int32Array(length + 1);
  counts[0] = 0;
  for (let from = 0; from < length; from++) {
    const count = (counts[from] as number) + 1;
    if (count === Infinity) continue;
    let node = 0;
    for (let at = from; at < length; at++) {
      node = childOf(trie, node, bytes[at] as number);
      if (node < 0) break;
      const first = trie.first[node] as number;
      if (first === trie.first[node + 1] || count >= (counts[at + 1] as number)) continue;
      counts[at + 1] = count;
      lasts[at + 1] = trie.order[first] as number;
      starts[at + 1] = from;
    }
  }
  if (counts[length] === Infinity) return null;
  const ids: number[] = [];
  for (let at = length; at > 0; at = starts[at] as number) ids.push(lasts[at] as number);
  return ids.reverse();
}
