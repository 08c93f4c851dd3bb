import fc from "fast-check";
import { expect, it } from "vitest";
import { speedFigures } from "./speed-figures.ts";

it("has the deviation of a sample, as R's sd and NumPy's std with ddof=1", () => {
  expect(speedFigures([2, 4, 4, 4, 5, 5, 7, 9])).toMatchObject({ best: 9, mean: 5 });
  expect(speedFigures([2, 4, 4, 4, 5, 5, 7, 9]).deviation).toBeCloseTo(2.13809, 5);
  expect(speedFigures([7])).toEqual({ best: 7, mean: 7, deviation: 0, runs: [7] });
});

it("scales with its runs, and lies between the least and the best", () => {
  const runs = fc.array(fc.double({ min: 1, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(runs, (given) => {
      const { best, mean, deviation } = speedFigures(given);
      expect(best).toBe(Math.max(...given));
      expect(mean).toBeLessThanOrEqual(best * (1 + 1e-12));
      expect(deviation).toBeLessThanOrEqual(best - Math.min(...given) + 1e-9);
      const doubled = speedFigures(given.map((run) => 2 * run));
      expect(doubled.deviation).toBeCloseTo(2 * deviation, 6);
    }),
    { seed: 1 },
  );
});
