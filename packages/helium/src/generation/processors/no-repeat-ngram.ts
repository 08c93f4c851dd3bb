import { ban } from "./ban.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/** Removes every token that followed an earlier occurrence of the last n−1 tokens (Paulus et al., arXiv 1705.04304). */
export function noRepeatNgram(n: number): LogitsProcessor {
  return perRow("noRepeatNgramSize", (scores, ids) => {
    if (ids.length >= n) ban(scores, followers(ids, ids.slice(ids.length + 1 - n)));
  });
}

/** Tokens that follow `tail` in `ids`. */
export function followers(ids: readonly number[], tail: readonly number[]): number[] {
  const found: number[] = [];
  for (let start = 0; start + tail.length < ids.length; start++)
    if (tail.every((token, i) => ids[start + i] === token)) found.push(ids[start + tail.length] ?? 0);
  return found;
}
