import { TokenizerError } from "../../errors.ts";
import type { TokenTrie } from "./token-trie.ts";

/** A `Uint16Array` holds the heights. */
const longestToken = 0xffff;

/** Bytes that the first sort compares, and the ids that fit beside them in a number: 8 · 3 + 22 < 53 bits. */
const sortedBytes = 3;
const idFactor = 2 ** 22;

/**
 * The trie of a vocabulary whose token `id` has the bytes `bytes[starts[id] … starts[id + 1])`; tokens of no bytes are left out.
 * One sort and one pass: about 50 ms for 128,000 tokens.
 *
 * @throws TokenizerError for a token of more than 65,535 bytes
 */
export function buildTokenTrie(bytes: Uint8Array, starts: Int32Array): TokenTrie {
  const order = sortTokens(bytes, starts);
  let capacity = 1;
  let longest = 0;
  for (const id of order) {
    const length = (starts[id + 1] as number) - (starts[id] as number);
    capacity += length;
    if (length > longest) longest = length;
  }
  if (longest > longestToken) {
    throw new TokenizerError("TokenVocabulary", {
      field: "vocabulary",
      problem: `has a token of ${longest} bytes, expected at most ${longestToken}`,
      mend: "check its longest tokens: no real vocabulary has such long ones",
    });
  }
  const byte = new Uint8Array(capacity);
  const end = new Int32Array(capacity);
  const height = new Uint16Array(capacity);
  const first = new Int32Array(capacity + 1);
  // The nodes from the root to the last token's.
  const path = new Int32Array(longest + 1);
  let depth = 0;
  let nodeCount = 1;
  let previous = 0;
  const closeTo = (kept: number): void => {
    for (; depth > kept; depth--) {
      const node = path[depth] as number;
      const parent = path[depth - 1] as number;
      end[node] = nodeCount;
      height[parent] = Math.max(height[parent] as number, (height[node] as number) + 1);
    }
  };
  for (let place = 0; place < order.length; place++) {
    const id = order[place] as number;
    const start = starts[id] as number;
    const length = (starts[id + 1] as number) - start;
    let shared = 0;
    while (shared < depth && shared < length && bytes[previous + shared] === bytes[start + shared]) shared++;
    closeTo(shared);
    while (depth < length) {
      byte[nodeCount] = bytes[start + depth] as number;
      first[nodeCount] = place;
      path[++depth] = nodeCount++;
    }
    previous = start;
  }
  closeTo(0);
  end[0] = nodeCount;
  first[nodeCount] = order.length;
  return {
    nodeCount,
    byte: byte.slice(0, nodeCount),
    end: end.slice(0, nodeCount),
    height: height.slice(0, nodeCount),
    first: first.slice(0, nodeCount + 1),
    order,
  };
}

/** The ids of the tokens that have bytes, sorted by these, equal ones by id: by three bytes as numbers, then groups by all. */
function sortTokens(bytes: Uint8Array, starts: Int32Array): Int32Array {
  const count = starts.length - 1;
  const keys = new Float64Array(count);
  let used = 0;
  for (let id = 0; id < count; id++) {
    const start = starts[id] as number;
    const end = starts[id + 1] as number;
    if (start === end) continue;
    let head = 0;
    for (let at = 0; at < sortedBytes; at++) head = head * 256 + (start + at < end ? (bytes[start + at] as number) : 0);
    keys[used++] = head * idFactor + id;
  }
  const sorted = keys.subarray(0, used).sort();
  const order = Int32Array.from(sorted, (key) => key % idFactor);
  const byBytes = (a: number, b: number): number => {
    let left = starts[a] as number;
    let right = starts[b] as number;
    const leftEnd = starts[a + 1] as number;
    const rightEnd = starts[b + 1] as number;
    while (left < leftEnd && right < rightEnd) {
      const difference = (bytes[left++] as number) - (bytes[right++] as number);
      if (difference !== 0) return difference;
    }
    return leftEnd - left - (rightEnd - right) || a - b;
  };
  const headAt = (place: number): number => Math.floor((sorted[place] as number) / idFactor);
  for (let from = 0; from < used;) {
    let to = from + 1;
    while (to < used && headAt(to) === headAt(from)) to++;
    if (to - from > 1) order.subarray(from, to).sort(byBytes);
    from = to;
  }
  return order;
}
