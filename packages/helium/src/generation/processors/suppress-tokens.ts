import { ban } from "./ban.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/** Tokens that never occur. */
export function suppressTokens(tokens: readonly number[]): LogitsProcessor {
  return perRow("suppressTokens", (scores) => ban(scores, tokens));
}
