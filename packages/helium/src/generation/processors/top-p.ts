import { softmaxRow } from "../sampling.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";
import { ascending } from "./ranking.ts";

/**
 * Nucleus sampling (Holtzman et al., arXiv 1904.09751), as transformers does it: in ascending order of score, tokens
 * are removed while the sum of their probabilities is ≤ 1 − p.
 *
 * @param keep likeliest tokens that stay at least
 */
export function topP(p: number, keep = 1): LogitsProcessor {
  return perRow("topP", (scores) => {
    const probabilities = softmaxRow(scores);
    let cumulated = 0;
    for (const token of ascending(scores).subarray(0, -keep)) {
      cumulated += probabilities[token] ?? 0;
      if (cumulated > 1 - p) break;
      scores[token] = -Infinity;
    }
  });
}
