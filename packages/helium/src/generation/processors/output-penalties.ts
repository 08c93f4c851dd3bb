import { aNumber, type ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

const aPenalty = aNumber("a number; OpenAI's go from -2 to 2", Number.isFinite);

export interface FrequencyPenaltyOption {
  /** Taken from a token's logit for each time that it occurred in the new text; OpenAI's from −2 to 2, default 0. */
  readonly frequencyPenalty?: number | null;
}

export const frequencyPenaltyDefinition: ProcessorDefinition<FrequencyPenaltyOption, number> = {
  option: "frequencyPenalty",
  default: 0,
  isFloat: true,
  check: aPenalty,
  idle: (penalty) => penalty === 0,
  make: (penalty, { promptLength }) => frequencyPenalty(penalty, promptLength),
};

export interface PresencePenaltyOption {
  /** Taken from the logit of each token that occurred in the new text; OpenAI's from −2 to 2, default 0. */
  readonly presencePenalty?: number | null;
}

export const presencePenaltyDefinition: ProcessorDefinition<PresencePenaltyOption, number> = {
  option: "presencePenalty",
  default: 0,
  isFloat: true,
  check: aPenalty,
  idle: (penalty) => penalty === 0,
  make: (penalty, { promptLength }) => presencePenalty(penalty, promptLength),
};

/**
 * `s − penalty · count`, where the count is of the tokens behind the prompt (OpenAI's definition; in f32, as vLLM computes it).
 *
 * @param promptLength tokens at the start of each row, padding included, that do not count
 */
export function frequencyPenalty(penalty: number, promptLength: number): LogitsProcessor {
  const step = Math.fround(penalty);
  return penalizing("frequencyPenalty", promptLength, (count) => Math.fround(step * count));
}

/** `s − penalty` for each token that occurred behind the prompt. */
export function presencePenalty(penalty: number, promptLength: number): LogitsProcessor {
  const step = Math.fround(penalty);
  return penalizing("presencePenalty", promptLength, () => step);
}

/** @param takenFor what is taken from a token's score, by the times that it occurred */
function penalizing(name: string, promptLength: number, takenFor: (count: number) => number): LogitsProcessor {
  return perRow(name, (scores, ids) => {
    const counts = new Map<number, number>();
    for (let i = promptLength; i < ids.length; i++) {
      const token = ids[i] ?? -1;
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    for (const [token, count] of counts) {
      const score = scores[token];
      if (score !== undefined) scores[token] = score - takenFor(count);
    }
  });
}
