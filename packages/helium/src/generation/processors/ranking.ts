/** Tokens that are not removed, from the lowest score to the highest; equal ones by id. */
export function ascending(scores: Float32Array): Uint32Array {
  return live(scores).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);
}

/** Tokens that are not removed, from the highest score to the lowest; equal ones by id. */
export function descending(scores: Float32Array): Uint32Array {
  return live(scores).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

/** The k-th largest score; −∞ when fewer are left. */
export function kthLargest(scores: Float32Array, k: number): number {
  return Float32Array.from(scores).sort()[scores.length - Math.min(k, scores.length)] ?? -Infinity;
}

function live(scores: Float32Array): Uint32Array {
  const tokens = new Uint32Array(scores.length);
  let count = 0;
  for (let token = 0; token < scores.length; token++) if ((scores[token] ?? 0) > -Infinity) tokens[count++] = token;
  return tokens.subarray(0, count);
}
