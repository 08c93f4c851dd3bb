import { softmaxRow } from "../sampling.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/**
 * Nucleus sampling (Holtzman et al., arXiv 1904.09751), as transformers does it: in ascending order of score, tokens
 * are removed while the sum of their probabilities is ≤ 1 − p; of equal ones the first go first.
 *
 * @param keep likeliest tokens that stay at least
 */
export function topP(p: number, keep = 1): LogitsProcessor {
  return perRow("topP", (scores) => {
    // Values sort much faster than tokens by their value.
    const sorted = scores.slice().sort();
    const probabilities = softmaxRow(sorted);
    let removed = 0;
    for (let cumulated = 0; removed < sorted.length - keep; removed++) {
      cumulated += probabilities[removed] ?? 0;
      if (cumulated > 1 - p) break;
    }
    const threshold = sorted[removed] ?? -Infinity;
    let equals = removed - sorted.indexOf(threshold);
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i] ?? 0;
      if (score < threshold || (score === threshold && equals-- > 0)) scores[i] = -Infinity;
    }
  });
}
