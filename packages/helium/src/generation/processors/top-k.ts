import type { LogitsProcessor } from "./index.ts";

/** Removes every token below the k-th largest logit; ties at the threshold stay (Fan et al., arXiv 1805.04833). */
export function topK(k: number): LogitsProcessor {
  return (logits) => {
    if (k >= logits.length) return;
    const threshold = Float32Array.from(logits).sort()[logits.length - k] ?? -Infinity;
    for (let i = 0; i < logits.length; i++) {
      if ((logits[i] ?? 0) < threshold) logits[i] = -Infinity;
    }
  };
}
