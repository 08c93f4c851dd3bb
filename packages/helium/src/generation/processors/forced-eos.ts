import { force } from "./ban.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/** The only tokens that may be the last of a row of `maxLength`. */
export function forcedEos(tokens: readonly number[], maxLength: number): LogitsProcessor {
  return perRow("forcedEosTokenId", (scores, ids) => {
    if (ids.length === maxLength - 1) force(scores, tokens);
  });
}
