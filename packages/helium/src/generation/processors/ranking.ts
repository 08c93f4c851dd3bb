import { rankTop } from "../rank-top.ts";

/** Tokens that are not removed, from the highest score to the lowest; equal ones by id. */
export function descending(scores: Float32Array): Uint32Array {
  const tokens = new Uint32Array(scores.length);
  let count = 0;
  for (let token = 0; token < scores.length; token++) if ((scores[token] ?? 0) > -Infinity) tokens[count++] = token;
  return tokens.subarray(0, count).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

/** Above this, sorting all values is faster than keeping the best. */
const FEW = 256;

/** The k-th largest score; the smallest when there are fewer. */
export function kthLargest(scores: Float32Array, k: number): number {
  const count = Math.min(k, scores.length);
  if (count > FEW) return scores.slice().sort()[scores.length - count] ?? -Infinity;
  return scores[rankTop(scores, count).at(-1) ?? 0] ?? -Infinity;
}
