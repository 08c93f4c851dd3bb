import { perRow, type LogitsProcessor } from "./processor.ts";

/** After `start` new tokens `|s| · (factorⁿ − 1)` is added to each eos, n = tokens beyond; removed ones stay removed. */
export function exponentialDecayLengthPenalty(
  [start, factor]: readonly [number, number],
  promptLength: number,
  eosTokenIds: ReadonlySet<number>,
): LogitsProcessor {
  return perRow("exponentialDecayLengthPenalty", (scores, ids) => {
    const beyond = ids.length - promptLength - start;
    if (beyond <= 0) return;
    for (const token of eosTokenIds) {
      const score = scores[token];
      if (score !== undefined && Number.isFinite(score))
        scores[token] = score + Math.abs(score) * (factor ** beyond - 1);
    }
  });
}
