import { expect, test } from "vitest";
import { DivergenceSum } from "./divergence.ts";

test("divergence, agreement and leads of two places", () => {
  const sum = new DivergenceSum();
  // p = (1/2, 1/4, 1/4) beside itself with another constant: nothing differs but the logits.
  sum.add(Float32Array.of(Math.log(2), 0, 0), Float32Array.of(Math.log(2) + 1, 1, 1));
  // p = (2/3, 1/3), q = (1/3, 2/3): KL = ln 2 / 3.
  sum.add(Float32Array.of(Math.log(2), 0), Float32Array.of(0, Math.log(2)));
  const { places, meanKl, maxKl, agreement, widestLead, maxLogitDifference } = sum.result;
  expect([places, agreement]).toEqual([2, 0.5]);
  expect(maxKl).toBeCloseTo(Math.log(2) / 3, 6);
  expect(meanKl).toBeCloseTo(Math.log(2) / 6, 6);
  expect(widestLead).toBeCloseTo(Math.log(2), 6);
  expect(maxLogitDifference).toBeCloseTo(1, 6);
});
