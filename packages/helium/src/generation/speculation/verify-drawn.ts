import { drawIndex } from "../sampling.ts";
import type { Uniform } from "../row-random.ts";

/**
 * A token whose distribution is p, from one that was drawn from q: it stays with probability `min(1, p/q)`, else one is
 * drawn from `max(0, p − q)`, normalised (Leviathan et al., arXiv 2211.17192, algorithm 1; Chen et al., arXiv 2302.01318).
 *
 * @param p what the model says, `[V]`
 * @param q what the draft model said, `[V]`
 */
export function verifyDrawn(p: Float64Array, q: Float64Array, token: number, random: Uniform): number {
  if (random.uniform() * (q[token] ?? 0) < (p[token] ?? 0)) return token;
  let total = 0;
  const left = p.map((probability, i) => Math.max(0, probability - (q[i] ?? 0)));
  for (const weight of left) total += weight;
  // Without anything left p and q are equal but for rounding.
  return total > 0 ? drawIndex(left, random.uniform() * total) : drawIndex(p, random.uniform());
}
