import type { Candidates, CandidatesWanted } from "../../engine/wanted.ts";
import type { ConstrainedRows } from "./constrained-rows.ts";
import type { Place } from "./place.ts";

/**
 * The k largest logits of the tokens that may stand at a place, and what equals the last of them once all are divided by the
 * temperature, in the order of the vocabulary: what top-k leaves of the others' −∞.
 */
export function allowedCandidates(
  rows: ConstrainedRows,
  place: Place,
  logits: Float32Array,
  { k, temperature }: CandidatesWanted,
): Candidates {
  const [certain] = place.forced;
  if (certain !== undefined) return { tokens: Int32Array.of(certain), logits: Float32Array.of(0) };
  const allowed = rows.listOf(place);
  const count = allowed?.length ?? logits.length;
  const tokenAt = (i: number): number => allowed?.[i] ?? i;
  // The k largest so far, falling.
  const largest: number[] = [];
  for (let i = 0; i < count; i++) {
    const token = tokenAt(i);
    const logit = logits[token] ?? -Infinity;
    if (largest.length === k && !(logit > (largest[k - 1] ?? 0))) continue;
    if (logit === -Infinity || (!allowed && !rows.masks(place, token))) continue;
    let at = largest.length;
    while (at > 0 && logit > (largest[at - 1] ?? 0)) at--;
    largest.splice(at, 0, logit);
    if (largest.length > k) largest.pop();
  }
  const threshold = Math.fround((largest.at(-1) ?? Infinity) / temperature);
  const tokens: number[] = [];
  for (let i = 0; i < count; i++) {
    const token = tokenAt(i);
    const isLarge = Math.fround((logits[token] ?? -Infinity) / temperature) >= threshold;
    if (isLarge && (allowed !== null || rows.masks(place, token))) tokens.push(token);
  }
  return { tokens: Int32Array.from(tokens), logits: Float32Array.from(tokens, (token) => logits[token] ?? -Infinity) };
}
