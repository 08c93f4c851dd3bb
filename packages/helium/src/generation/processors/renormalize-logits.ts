import { logSoftmaxRow } from "../sampling.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/** Log-softmax: the scores become log-probabilities again after tokens were removed. */
export function renormalizeLogits(): LogitsProcessor {
  return perRow("renormalizeLogits", (scores) => scores.set(logSoftmaxRow(scores)));
}
