import { descending } from "../ranking.ts";
import { entropyOf, logSoftmaxRow } from "../sampling.ts";
import { aNumber, type ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export interface TopHOption {
  /** Sample among the likeliest tokens that make up this fraction of the entropy. */
  readonly topH?: number | null;
}

export const topHDefinition: ProcessorDefinition<TopHOption, number | null> = {
  option: "topH",
  default: null,
  isFloat: true,
  check: aNumber("a number > 0 and ≤ 1", (h) => h > 0 && h <= 1),
  make: topH,
};

/** Tokens that are looked at; the tail beyond them holds next to no probability. */
const CANDIDATES = 100;

/**
 * Top-H sampling (Potraghloo et al., arXiv 2509.02510): among the 100 likeliest tokens, from the likeliest on, tokens stay
 * while the sum of their `−p ln p` is at most `h` times the entropy; the likeliest always stays.
 */
export function topH(h: number): LogitsProcessor {
  return perRow("topH", (scores) => {
    const candidates = descending(scores).subarray(0, CANDIDATES);
    const logProbabilities = logSoftmaxRow(Float32Array.from(candidates, (token) => scores[token] ?? 0));
    // The whole entropy is the sum over all candidates, whatever rounding makes of it.
    const most = h === 1 ? Infinity : h * entropyOf(logProbabilities);
    const kept = new Map<number, number>();
    let cumulated = 0;
    candidates.forEach((token, rank) => {
      const l = logProbabilities[rank] ?? 0;
      cumulated -= Math.exp(l) * l;
      if (rank === 0 || cumulated <= most) kept.set(token, scores[token] ?? 0);
    });
    scores.fill(-Infinity);
    for (const [token, score] of kept) scores[token] = score;
  });
}
