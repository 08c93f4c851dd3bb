import { entropyOf, logSoftmaxRow } from "../sampling.ts";
import { cutBelow } from "./epsilon-cutoff.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/**
 * Removes tokens less likely than `η = min(ε, √ε · e^−H)`, H = entropy (Hewitt et al., arXiv 2210.15191).
 *
 * @param keep likeliest tokens that stay at least
 */
export function etaCutoff(epsilon: number, keep = 1): LogitsProcessor {
  return perRow("etaCutoff", (scores) => {
    const logProbabilities = logSoftmaxRow(scores);
    const eta = Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-entropyOf(logProbabilities)));
    cutBelow(scores, logProbabilities.map(Math.exp), eta, keep);
  });
}
