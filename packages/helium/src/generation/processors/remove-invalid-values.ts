import { perRow, type LogitsProcessor } from "./processor.ts";

const LARGEST_F32 = (2 - 2 ** -23) * 2 ** 127;

/** NaN → 0, ∞ → the largest float32, −∞ → the smallest. */
export function removeInvalidValues(): LogitsProcessor {
  return perRow("removeInvalidValues", (scores) => {
    scores.forEach((score, i) => {
      if (Number.isNaN(score)) scores[i] = 0;
      else if (!Number.isFinite(score)) scores[i] = Math.sign(score) * LARGEST_F32;
    });
  });
}
