import { perRow, type LogitsProcessor } from "./processor.ts";

/**
 * `s < 0 ? s·r : s/r`, once for each distinct token of the history (Keskar et al., arXiv 1909.05858).
 *
 * @param leadingMasked slots at the start of each row that are padding and no history
 */
export function repetitionPenalty(penalty: number, leadingMasked: readonly number[] = []): LogitsProcessor {
  return perRow("repetitionPenalty", (scores, ids, row) =>
    penalize(scores, ids.slice(leadingMasked[row] ?? 0), penalty),
  );
}

/** Applies the penalty once per distinct token. */
export function penalize(scores: Float32Array, tokens: readonly number[], penalty: number): void {
  for (const token of new Set(tokens)) {
    const score = scores[token];
    if (score !== undefined) scores[token] = score < 0 ? score * penalty : score / penalty;
  }
}
