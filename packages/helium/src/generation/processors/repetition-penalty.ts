import { aNumber, type ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

const aPenalty = aNumber("a number > 0", (r) => r > 0 && r < Infinity);

export interface RepetitionPenaltyOption {
  /** Above 1 makes every token that already occurred less likely; default 1. */
  readonly repetitionPenalty?: number | null;
}

export const repetitionPenaltyDefinition: ProcessorDefinition<RepetitionPenaltyOption, number> = {
  option: "repetitionPenalty",
  default: 1,
  isFloat: true,
  check: aPenalty,
  idle: (r) => r === 1,
  make: (r, { leadingMasked }) => repetitionPenalty(r, leadingMasked),
};

export interface EncoderRepetitionPenaltyOption {
  /** Above 1 makes the prompt's tokens more likely; default 1. */
  readonly encoderRepetitionPenalty?: number | null;
}

export const encoderRepetitionPenaltyDefinition: ProcessorDefinition<EncoderRepetitionPenaltyOption, number> = {
  option: "encoderRepetitionPenalty",
  default: 1,
  isFloat: true,
  check: aPenalty,
  idle: (r) => r === 1,
  make: (r, { prompts }) => encoderRepetitionPenalty(r, prompts),
};

/**
 * `s < 0 ? s·r : s/r`, once for each distinct token of the history (Keskar et al., arXiv 1909.05858).
 *
 * @param leadingMasked slots at the start of each row that are padding and no history
 */
export function repetitionPenalty(penalty: number, leadingMasked: readonly number[] = []): LogitsProcessor {
  return perRow("repetitionPenalty", (scores, ids, row) =>
    penalize(scores, ids.slice(leadingMasked[row] ?? 0), penalty),
  );
}

/** The repetition penalty with 1/r, on the tokens of each row's prompt: above 1 they become more likely. */
export function encoderRepetitionPenalty(penalty: number, prompts: readonly (readonly number[])[]): LogitsProcessor {
  return perRow("encoderRepetitionPenalty", (scores, _, row) => penalize(scores, prompts[row] ?? [], 1 / penalty));
}

/** Applies the penalty once per distinct token. */
function penalize(scores: Float32Array, tokens: readonly number[], penalty: number): void {
  for (const token of new Set(tokens)) {
    const score = scores[token];
    if (score !== undefined) scores[token] = score < 0 ? score * penalty : score / penalty;
  }
}
