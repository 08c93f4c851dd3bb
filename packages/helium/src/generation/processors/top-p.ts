import { softmaxRow } from "../sampling.ts";
import type { LogitsProcessor } from "./index.ts";

/**
 * Nucleus sampling (Holtzman et al., arXiv 1904.09751), as transformers does it: in ascending order of logit, tokens
 * are removed while the sum of their probabilities is ≤ 1 − p; the most likely token always stays.
 */
export function topP(p: number): LogitsProcessor {
  return (logits) => {
    const probabilities = softmaxRow(logits);
    const ascending = Uint32Array.from(logits.keys()).sort((a, b) => (logits[a] ?? 0) - (logits[b] ?? 0) || a - b);
    let cumulated = 0;
    for (const token of ascending.subarray(0, -1)) {
      cumulated += probabilities[token] ?? 0;
      if (cumulated > 1 - p) break;
      logits[token] = -Infinity;
    }
  };
}
