import { perRow, type LogitsProcessor } from "./processor.ts";
import { kthLargest } from "./ranking.ts";

/**
 * Removes every token below the k-th largest score; ties at the threshold stay (Fan et al., arXiv 1805.04833).
 *
 * @param keep tokens that stay at least
 */
export function topK(k: number, keep = 1): LogitsProcessor {
  const count = Math.max(k, keep);
  return perRow("topK", (scores) => {
    if (count >= scores.length) return;
    const threshold = kthLargest(scores, count);
    for (let i = 0; i < scores.length; i++) if ((scores[i] ?? 0) < threshold) scores[i] = -Infinity;
  });
}
