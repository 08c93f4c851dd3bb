import { entropyOf, logSoftmaxRow } from "../sampling.ts";
import { aNumber, type ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export interface TypicalPOption {
  /** Sample among the tokens whose information is nearest to the entropy, up to this probability; default 1 = all. */
  readonly typicalP?: number | null;
}

export const typicalPDefinition: ProcessorDefinition<TypicalPOption, number> = {
  option: "typicalP",
  default: 1,
  isFloat: true,
  isLenient: true,
  ofCandidates: true,
  check: aNumber("a number > 0 and ≤ 1", (p) => p > 0 && p <= 1),
  idle: (p) => p === 1,
  make: (p, { keep }) => typicalP(p, keep),
};

/**
 * Locally typical sampling (Meister et al., arXiv 2202.00666): in ascending order of `|−log p − H|`, where H is the
 * entropy, tokens stay until their probabilities sum to `mass`. The likeliest token may go.
 *
 * @param keep most typical tokens that stay at least
 */
export function typicalP(mass: number, keep = 1): LogitsProcessor {
  return perRow("typicalP", (scores) => {
    const logProbabilities = logSoftmaxRow(scores);
    const entropy = entropyOf(logProbabilities);
    const distance = logProbabilities.map((l) => Math.abs(-l - entropy));
    const order = Uint32Array.from(scores.keys()).sort((a, b) => compare(distance[a] ?? 0, distance[b] ?? 0) || a - b);
    let cumulated = 0;
    let last = 0;
    for (; last < order.length - 1; last++) {
      cumulated += Math.exp(logProbabilities[order[last] ?? 0] ?? 0);
      if (cumulated >= mass) break;
    }
    const widest = distance[order[last] ?? 0] ?? 0;
    for (const token of order.subarray(keep)) if ((distance[token] ?? 0) > widest) scores[token] = -Infinity;
  });
}

/** ∞ − ∞ is NaN, so differences do not order infinite distances. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
