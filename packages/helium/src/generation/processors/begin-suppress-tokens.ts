import { ban } from "./ban.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/** Tokens that do not follow a row of exactly `length` tokens: the prompt, or the prompt and a forced bos. */
export function beginSuppressTokens(tokens: readonly number[], length: number): LogitsProcessor {
  return perRow("beginSuppressTokens", (scores, ids) => {
    if (ids.length === length) ban(scores, tokens);
  });
}
