import { EvalError } from "../errors.ts";

/** How sure a model was of an answer, and whether it was right. */
export interface Prediction {
  /** The probability that it gave to its answer. */
  readonly confidence: number;
  readonly isRight: boolean;
}

/** Answers of about the same confidence. */
export interface CalibrationBin {
  /** Confidences above this one … */
  readonly from: number;
  /** … up to this one; the first bin takes 0 too. */
  readonly to: number;
  readonly count: number;
  /** Mean confidence; NaN for an empty bin. */
  readonly confidence: number;
  /** Share of right answers; NaN for an empty bin. */
  readonly accuracy: number;
}

export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Σ (count / n) · |accuracy − confidence| over the bins: 0 where a model is right as often as it says. */
  readonly expectedCalibrationError: number;
}

/**
 * The probabilities of choices by their scores: e^s / Σ e^s.
 *
 * @example
 * console.log(choiceProbabilities([Math.log(3), 0]).map((p) => p.toFixed(2))); // [ '0.75', '0.25' ]
 */
export function choiceProbabilities(scores: readonly number[]): number[] {
  const highest = scores.reduce((high, score) => Math.max(high, score), -Infinity);
  const weights = scores.map((score) => Math.exp(score - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/**
 * Whether a model is right as often as it is sure, in bins of equal width over its confidence.
 *
 * Source: Guo et al., "On Calibration of Modern Neural Networks" (2017), §2.
 *
 * @throws EvalError for a confidence that is no probability
 *
 * @example
 * const predictions = [0.9, 0.8, 0.9, 0.3].map((confidence, i) => ({ confidence, isRight: i !== 1 }));
 * console.log(calibration(predictions, 2).bins.map(({ count, accuracy }) => [count, accuracy.toFixed(2)]).join(" ")); // 1,1.00 3,0.67
 */
export function calibration(predictions: readonly Prediction[], bins = 10): Calibration {
  if (!Number.isInteger(bins) || bins < 1)
    throw new EvalError("bins", `are ${bins}; give a whole number from 1 on`, { given: bins });
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  predictions.forEach(({ confidence, isRight }, index) => {
    if (!(confidence >= 0 && confidence <= 1))
      throw new EvalError(
        "calibration",
        `predictions[${index}].confidence is ${confidence}; give a probability, 0 to 1`,
        {
          index,
          given: confidence,
        },
      );
    const bin = sums[Math.max(0, Math.ceil(confidence * bins) - 1)] as (typeof sums)[number];
    bin.count++;
    bin.confidence += confidence;
    bin.right += isRight ? 1 : 0;
  });
  return {
    bins: sums.map(({ count, confidence, right }, index) => ({
      from: index / bins,
      to: (index + 1) / bins,
      count,
      confidence: confidence / count,
      accuracy: right / count,
    })),
    expectedCalibrationError: sums.reduce(
      (sum, { confidence, right }) => sum + Math.abs(right - confidence) / predictions.length,
      0,
    ),
  };
}
