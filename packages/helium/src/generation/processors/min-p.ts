import { softmaxRow } from "../sampling.ts";
import { cutBelow } from "./epsilon-cutoff.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/**
 * Removes tokens less likely than `p` times the likeliest one (Nguyen et al., arXiv 2407.01082).
 *
 * @param keep likeliest tokens that stay at least
 */
export function minP(p: number, keep = 1): LogitsProcessor {
  return perRow("minP", (scores) => {
    const probabilities = softmaxRow(scores);
    const most = probabilities.reduce((top, value) => Math.max(top, value), 0);
    cutBelow(scores, probabilities, p * most, keep);
  });
}
