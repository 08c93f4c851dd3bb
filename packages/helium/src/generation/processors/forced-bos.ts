import { force } from "./ban.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/** The only token that may follow a row of one token. */
export function forcedBos(token: number): LogitsProcessor {
  return perRow("forcedBosTokenId", (scores, ids) => {
    if (ids.length === 1) force(scores, [token]);
  });
}
