import { perRow, type LogitsProcessor } from "./processor.ts";
import { penalize } from "./repetition-penalty.ts";

/** The repetition penalty with 1/r, on the tokens of each row's prompt: above 1 they become more likely. */
export function encoderRepetitionPenalty(penalty: number, prompts: readonly (readonly number[])[]): LogitsProcessor {
  return perRow("encoderRepetitionPenalty", (scores, _, row) => penalize(scores, prompts[row] ?? [], 1 / penalty));
}
