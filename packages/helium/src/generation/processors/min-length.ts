import { ban } from "./ban.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/** No eos while the row, prompt included, is shorter than `length`. */
export function minLength(length: number, eosTokenIds: ReadonlySet<number>): LogitsProcessor {
  return perRow("minLength", (scores, ids) => {
    if (ids.length < length) ban(scores, eosTokenIds);
  });
}
