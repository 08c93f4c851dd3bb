import { softmaxRow } from "../sampling.ts";
import { aNumber, type ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export interface TopPOption {
  /** Sample among the fewest tokens whose probabilities reach p; default 1 = all. */
  readonly topP?: number | null;
}

export const topPDefinition: ProcessorDefinition<TopPOption, number> = {
  option: "topP",
  default: 1,
  isFloat: true,
  isLenient: true,
  ofCandidates: true,
  check: aNumber("a number from 0 to 1", (p) => p >= 0 && p <= 1),
  idle: (p) => p === 1,
  make: (p, { keep }) => topP(p, keep),
};

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
