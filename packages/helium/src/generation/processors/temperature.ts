import { perRow, type LogitsProcessor } from "./processor.ts";

/** `s / T`: below 1 sharpens the distribution, above 1 flattens it. */
export function temperature(T: number): LogitsProcessor {
  return perRow("temperature", (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) / T;
  });
}
