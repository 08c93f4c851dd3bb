import { softmaxRow } from "../sampling.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";
import { kthLargest } from "./ranking.ts";

/**
 * Removes tokens less likely than ε (Hewitt et al., arXiv 2210.15191).
 *
 * @param keep likeliest tokens that stay at least
 */
export function epsilonCutoff(epsilon: number, keep = 1): LogitsProcessor {
  return perRow("epsilonCutoff", (scores) => cutBelow(scores, softmaxRow(scores), epsilon, keep));
}

/** Removes tokens less likely than `least` and below the keep-th largest score. */
export function cutBelow(scores: Float32Array, probabilities: Float64Array, least: number, keep: number): void {
  const kept = kthLargest(scores, keep);
  for (let i = 0; i < scores.length; i++)
    if ((probabilities[i] ?? 0) < least && (scores[i] ?? 0) < kept) scores[i] = -Infinity;
}
