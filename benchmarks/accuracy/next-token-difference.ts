/** How far the next-token distributions of two runs over one text are apart. */
export interface NextTokenDifference {
  readonly tokens: number;
  /** Σ p·ln(p / q) over the vocabulary in nats: the mean over all places, and the worst place. */
  readonly meanKl: number;
  readonly worstKl: number;
  /** The largest difference of two logits. */
  readonly logits: number;
  /** Share of places with the same likeliest token. */
  readonly sameFirst: number;
  /** p's lead, in logits, of its first choice over its second, at the place with another first choice where it is widest. */
  readonly widestLead: number;
  /** Perplexity of the text under p and under q. */
  readonly perplexity: readonly [p: number, q: number];
}

/** Compares logits `[T, V]` of q with those of p; place t predicts `ids[t + 1]`. */
export function nextTokenDifference(p: Float32Array, q: Float32Array, ids: readonly number[]): NextTokenDifference {
  const T = ids.length;
  const V = p.length / T;
  let [kl, worstKl, logits, same, widestLead, lossP, lossQ] = [0, 0, 0, 0, 0, 0, 0];
  for (let t = 0; t < T; t++) {
    const [a, b] = [p.subarray(t * V, (t + 1) * V), q.subarray(t * V, (t + 1) * V)];
    const [sumA, sumB] = [logSumExp(a), logSumExp(b)];
    let here = 0;
    for (let v = 0; v < V; v++) {
      const [x, y] = [(a[v] ?? 0) - sumA, (b[v] ?? 0) - sumB];
      here += Math.exp(x) * (x - y);
      logits = Math.max(logits, Math.abs((a[v] ?? 0) - (b[v] ?? 0)));
    }
    kl += here;
    worstKl = Math.max(worstKl, here);
    const [first, lead] = firstChoice(a);
    if (first === firstChoice(b)[0]) same++;
    else widestLead = Math.max(widestLead, lead);
    const next = ids[t + 1];
    if (next === undefined) continue;
    lossP += sumA - (a[next] ?? 0);
    lossQ += sumB - (b[next] ?? 0);
  }
  const perplexity = [Math.exp(lossP / (T - 1)), Math.exp(lossQ / (T - 1))] as const;
  return { tokens: T, meanKl: kl / T, worstKl, logits, sameFirst: same / T, widestLead, perplexity };
}

function logSumExp(row: Float32Array): number {
  const top = row.reduce((best, x) => Math.max(best, x), -Infinity);
  let sum = 0;
  for (const x of row) sum += Math.exp(x - top);
  return top + Math.log(sum);
}

/** The likeliest token, and its lead over the next. */
function firstChoice(row: Float32Array): readonly [token: number, lead: number] {
  let [token, first, second] = [0, -Infinity, -Infinity];
  for (const [v, x] of row.entries()) {
    if (x > first) [token, first, second] = [v, x, first];
    else if (x > second) second = x;
  }
  return [token, first - second];
}
