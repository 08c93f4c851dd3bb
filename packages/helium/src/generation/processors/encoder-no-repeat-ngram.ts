import { ban } from "./ban.ts";
import { followers } from "./no-repeat-ngram.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/** Removes every token that followed the last n−1 tokens in the row's prompt. */
export function encoderNoRepeatNgram(n: number, prompts: readonly (readonly number[])[]): LogitsProcessor {
  return perRow("encoderNoRepeatNgramSize", (scores, ids, row) => {
    if (ids.length >= n - 1) ban(scores, followers(prompts[row] ?? [], ids.slice(ids.length + 1 - n)));
  });
}
