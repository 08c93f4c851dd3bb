/** Removes tokens; ids outside the vocabulary are ignored. */
export function ban(scores: Float32Array, tokens: Iterable<number>): void {
  for (const token of tokens) if (token < scores.length) scores[token] = -Infinity;
}

/** Leaves only these tokens, each with the score 0. */
export function force(scores: Float32Array, tokens: Iterable<number>): void {
  scores.fill(-Infinity);
  for (const token of tokens) if (token < scores.length) scores[token] = 0;
}
