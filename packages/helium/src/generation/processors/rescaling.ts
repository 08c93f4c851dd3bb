import { logSoftmaxRow } from "../sampling.ts";
import { aFlag, aNumber, type ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export interface TemperatureOption {
  /** Divides the logits before sampling; default 1. */
  readonly temperature?: number | null;
}

export const temperatureDefinition: ProcessorDefinition<TemperatureOption, number> = {
  option: "temperature",
  default: 1,
  isFloat: true,
  isLenient: true,
  ofCandidates: true,
  check: aNumber("a number > 0; use doSample: false for greedy decoding", (t) => t > 0 && t < Infinity),
  idle: (T) => T === 1,
  make: temperature,
};

export interface RemoveInvalidValuesOption {
  /** Replace NaN and infinities of the logits. */
  readonly removeInvalidValues?: boolean | null;
}

export const removeInvalidValuesDefinition: ProcessorDefinition<RemoveInvalidValuesOption, boolean> = {
  option: "removeInvalidValues",
  default: false,
  check: aFlag,
  idle: (isOn) => !isOn,
  make: removeInvalidValues,
};

export interface RenormalizeLogitsOption {
  /** Turn the processed scores into log-probabilities. */
  readonly renormalizeLogits?: boolean | null;
}

export const renormalizeLogitsDefinition: ProcessorDefinition<RenormalizeLogitsOption, boolean> = {
  option: "renormalizeLogits",
  default: false,
  check: aFlag,
  idle: (isOn) => !isOn,
  make: renormalizeLogits,
};

/** `s / T`: below 1 sharpens the distribution, above 1 flattens it. */
export function temperature(T: number): LogitsProcessor {
  return perRow("temperature", (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) / T;
  });
}

const LARGEST_F32 = (2 - 2 ** -23) * 2 ** 127;

/** NaN → 0, ∞ → the largest float32, −∞ → the smallest. */
export function removeInvalidValues(): LogitsProcessor {
  return perRow("removeInvalidValues", (scores) => {
    scores.forEach((score, i) => {
      if (Number.isNaN(score)) scores[i] = 0;
      else if (!Number.isFinite(score)) scores[i] = Math.sign(score) * LARGEST_F32;
    });
  });
}

/** Log-softmax: the scores become log-probabilities again after tokens were removed. */
export function renormalizeLogits(): LogitsProcessor {
  return perRow("renormalizeLogits", (scores) => scores.set(logSoftmaxRow(scores)));
}
