import { isNatural } from "../option-checks.ts";
import { kthLargest } from "../ranking.ts";
import { aNumber, type ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export interface TopKOption {
  /** Sample among the k most likely tokens; default 50, 0 = all. */
  readonly topK?: number | null;
}

export const topKDefinition: ProcessorDefinition<TopKOption, number> = {
  option: "topK",
  default: 50,
  off: 0,
  isLenient: true,
  ofCandidates: true,
  check: aNumber("an integer ≥ 0", isNatural),
  idle: (k) => k === 0,
  make: (k, { keep }) => topK(k, keep),
};

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
