/**
 * The tokens of a vocabulary as a prefix tree over bytes. Nodes are numbered depth first, node 0 is the root, siblings ascend
 * by their bytes: the children of node `n` are `n + 1`, `end[n + 1]`, … below `end[n]`. Node `n` without its subtree is skipped by
 * going on at `end[n]`.
 */
export interface TokenTrie {
  readonly nodeCount: number;
  /** The byte of the edge into the node; 0 for the root. */
  readonly byte: Uint8Array;
  /** The first node after the node's subtree. */
  readonly end: Int32Array;
  /** The longest path below the node, in bytes. */
  readonly height: Uint16Array;
  /**
   * Tokens in the order of their nodes: those that end at node `n` are `order[first[n] … first[n + 1])`, so those of its
   * subtree are `order[first[n] … first[end[n]])`. `[nodeCount + 1]`
   */
  readonly first: Int32Array;
  /** Token ids. Tokens without bytes are left out. */
  readonly order: Int32Array;
}

/** The node that `byte` leads to from `node`; −1 if no token goes on so. */
export function childOf({ byte: bytes, end }: TokenTrie, node: number, byte: number): number {
  const last = end[node] as number;
  for (let child = node + 1; child < last; child = end[child] as number) {
    const found = bytes[child] as number;
    if (found >= byte) return found === byte ? child : -1;
  }
  return -1;
}

/** The node of `bytes[from … to)`; −1 if no token begins so. */
export function nodeOf(trie: TokenTrie, bytes: Uint8Array, from = 0, to = bytes.length): number {
  let node = 0;
  for (let at = from; at < to && node >= 0; at++) node = childOf(trie, node, bytes[at] as number);
  return node;
}
