import fc from "fast-check";
import { expect, test } from "vitest";
import { metricCases } from "../../test/helpers/metric-cases.ts";
import { EvalError } from "../errors.ts";
import { calibration, choiceProbabilities } from "./calibration.ts";

test.each(metricCases.calibration)(
  "$bins bins are scikit-learn's",
  ({ bins, confidences, right, accuracies, means }) => {
    const given = calibration(
      confidences.map((confidence, index) => ({ confidence, isRight: right[index]! })),
      bins,
    );
    const filled = given.bins.filter(({ count }) => count > 0);
    filled.forEach((bin, index) => {
      expect(bin.accuracy).toBeCloseTo(accuracies[index]!, 12);
      expect(bin.confidence).toBeCloseTo(means[index]!, 12);
    });
    expect(filled.length).toBe(means.length);
    const gap = filled.reduce(
      (sum, { count, accuracy, confidence }) => sum + count * Math.abs(accuracy - confidence),
      0,
    );
    expect(given.expectedCalibrationError).toBeCloseTo(gap / confidences.length, 12);
  },
);

test("a model that is right as often as it says is calibrated", () => {
  const predictions = [true, true, true, false].map((isRight) => ({ confidence: 0.75, isRight }));
  expect(calibration(predictions).expectedCalibrationError).toBeCloseTo(0, 12);
  expect(calibration([{ confidence: 1, isRight: false }]).expectedCalibrationError).toBe(1);
});

test("probabilities add up to 1, in the order of the scores", () => {
  const scores = fc.array(fc.double({ min: -800, max: 0, noNaN: true }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(scores, (list) => {
      const probabilities = choiceProbabilities(list);
      expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
      const best = list.indexOf(Math.max(...list));
      expect(probabilities[best]).toBe(Math.max(...probabilities));
    }),
    { seed: 20261129 },
  );
});

test("refuses what is no probability", () => {
  expect(() => calibration([{ confidence: 1.1, isRight: true }])).toThrow(EvalError);
  expect(() => calibration([{ confidence: 1, isRight: true }], 0)).toThrow(EvalError);
});
