import type { LogitsProcessor } from "./index.ts";

/** `s / T`: below 1 sharpens the distribution, above 1 flattens it. */
export function temperature(T: number): LogitsProcessor {
  return (logits) => {
    for (let i = 0; i < logits.length; i++) logits[i] = (logits[i] ?? 0) / T;
  };
}
