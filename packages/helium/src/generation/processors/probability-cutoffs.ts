import { kthLargest } from "../ranking.ts";
import { entropyOf, logSoftmaxRow, softmaxRow } from "../sampling.ts";
import { aNumber, type ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export interface MinPOption {
  /** Sample among tokens at least this fraction as likely as the likeliest. */
  readonly minP?: number | null;
}

export const minPDefinition: ProcessorDefinition<MinPOption, number | null> = {
  option: "minP",
  default: null,
  isFloat: true,
  ofCandidates: true,
  check: aNumber("a number from 0 to 1", (p) => p >= 0 && p <= 1),
  make: (p, { keep }) => minP(p, keep),
};

const aCutoff = aNumber("a number ≥ 0 and < 1", (e) => e >= 0 && e < 1);

export interface EpsilonCutoffOption {
  /** Sample among tokens at least this likely; default 0 = all. */
  readonly epsilonCutoff?: number | null;
}

export const epsilonCutoffDefinition: ProcessorDefinition<EpsilonCutoffOption, number> = {
  option: "epsilonCutoff",
  default: 0,
  isFloat: true,
  isLenient: true,
  ofCandidates: true,
  check: aCutoff,
  idle: (e) => e === 0,
  make: (e, { keep }) => epsilonCutoff(e, keep),
};

export interface EtaCutoffOption {
  /** As `epsilonCutoff`, lower where the distribution is flat; default 0 = all. */
  readonly etaCutoff?: number | null;
}

export const etaCutoffDefinition: ProcessorDefinition<EtaCutoffOption, number> = {
  option: "etaCutoff",
  default: 0,
  isFloat: true,
  isLenient: true,
  ofCandidates: true,
  check: aCutoff,
  idle: (e) => e === 0,
  make: (e, { keep }) => etaCutoff(e, keep),
};

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

/**
 * Removes tokens less likely than ε (Hewitt et al., arXiv 2210.15191).
 *
 * @param keep likeliest tokens that stay at least
 */
export function epsilonCutoff(epsilon: number, keep = 1): LogitsProcessor {
  return perRow("epsilonCutoff", (scores) => cutBelow(scores, softmaxRow(scores), epsilon, keep));
}
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

/** Removes tokens less likely than `least` and below the keep-th largest score. */
function cutBelow(scores: Float32Array, probabilities: Float64Array, least: number, keep: number): void {
  const kept = kthLargest(scores, keep);
  for (let i = 0; i < scores.length; i++)
    if ((probabilities[i] ?? 0) < least && (scores[i] ?? 0) < kept) scores[i] = -Infinity;
}
