/** Indices of the `count` largest values, largest first and the earlier one where equal. */
export function rankTop(values: ArrayLike<number>, count: number, without?: ReadonlySet<number>): number[] {
  const top: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (top.length === count && !(value > (values[top.at(-1) ?? 0] ?? 0))) continue;
    if (without?.has(i)) continue;
    let place = top.length;
    while (place > 0 && value > (values[top[place - 1] ?? 0] ?? 0)) place--;
    top.splice(place, 0, i);
    if (top.length > count) top.pop();
  }
  return top;
}

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
