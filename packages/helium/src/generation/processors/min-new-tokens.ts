import { ban } from "./ban.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/** No eos among the first `count` new tokens. */
export function minNewTokens(count: number, promptLength: number, eosTokenIds: ReadonlySet<number>): LogitsProcessor {
  return perRow("minNewTokens", (scores, ids) => {
    if (ids.length - promptLength < count) ban(scores, eosTokenIds);
  });
}
