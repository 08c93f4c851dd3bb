import fc from "fast-check";
import { expect, test } from "vitest";
import { calibration } from "../../metrics/calibration.ts";
import { pooledCalibration } from "./pooled-calibration.ts";

const predictions = fc.array(
  fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), isRight: fc.boolean() }),
  { maxLength: 30 },
);

test("tasks together are calibrated as all of their answers are", () => {
  fc.assert(
    fc.property(fc.array(predictions, { maxLength: 4 }), (tasks) => {
      const pooled = pooledCalibration(tasks.map((task) => (task.length > 0 ? calibration(task) : null)));
      const all = tasks.flat();
      if (all.length === 0) {
        expect(pooled).toBeNull();
        return;
      }
      const expected = calibration(all);
      expect(pooled?.expectedCalibrationError).toBeCloseTo(expected.expectedCalibrationError, 10);
      const filled = expected.bins.filter(({ count }) => count > 0);
      expect(pooled?.bins.map(({ from, to, count }) => [from, to, count])).toEqual(
        filled.map(({ from, to, count }) => [from, to, count]),
      );
      filled.forEach(({ confidence, accuracy }, i) => {
        expect(pooled?.bins[i]?.confidence).toBeCloseTo(confidence, 10);
        expect(pooled?.bins[i]?.accuracy).toBeCloseTo(accuracy, 10);
      });
    }),
    { seed: 21 },
  );
});
