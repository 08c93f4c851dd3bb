import { GenerationError } from "../../errors.ts";
import { describeValue } from "../../given-values.ts";
import type { ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export interface ExponentialDecayLengthPenaltyOption {
  /** `[start, factor]`: after `start` new tokens eos grows likelier, exponentially. */
  readonly exponentialDecayLengthPenalty?: readonly [number, number] | null;
}

export const exponentialDecayLengthPenaltyDefinition: ProcessorDefinition<
  ExponentialDecayLengthPenaltyOption,
  readonly [number, number] | null
> = {
  option: "exponentialDecayLengthPenalty",
  default: null,
  check: (given, name, { eosTokenIds }) => {
    if (!Array.isArray(given) || given.length !== 2 || !given.every(Number.isFinite))
      throw new GenerationError(name, `is ${describeValue(given)}; expected [start, factor]`);
    if (eosTokenIds.size === 0)
      throw new GenerationError(name, "raises the scores of eos, but there is none; set eosTokenId");
    return given as [number, number];
  },
  make: (decay, { promptLength, eosTokenIds }) => exponentialDecayLengthPenalty(decay, promptLength, eosTokenIds),
};

/** After `start` new tokens `|s| · (factorⁿ − 1)` is added to each eos, n = tokens beyond; removed ones stay removed. */
export function exponentialDecayLengthPenalty(
  [start, factor]: readonly [number, number],
  promptLength: number,
  eosTokenIds: ReadonlySet<number>,
): LogitsProcessor {
  return perRow("exponentialDecayLengthPenalty", (scores, ids) => {
    const beyond = ids.length - promptLength - start;
    if (beyond <= 0) return;
    for (const token of eosTokenIds) {
      const score = scores[token];
      if (score !== undefined && Number.isFinite(score))
        scores[token] = score + Math.abs(score) * (factor ** beyond - 1);
    }
  });
}
