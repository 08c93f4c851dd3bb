import { EvalError } from "../errors.ts";
import { PythonRandom } from "../python/random.ts";
import type { Statistics } from "./statistics.ts";
import { sampleDeviation } from "./standard-error.ts";

/** Resamples that one generator draws. */
const chunk = 1000;

/**
 * How far the score of a corpus may be off, where no formula says it: the standard deviation of the score over `iterations` corpora
 * of the same size, drawn from the given one with replacement. The score is made of sums over documents, so a resample costs an
 * addition for each document.
 *
 * Resamples are those of lm-evaluation-harness: in chunks of at most 1,000, chunk i drawn by Python's generator seeded with i, of which
 * as many are drawn as are whole.
 *
 * @param rows the statistics of each document
 * @param score of the sums over all documents, of which there are `count`
 * @returns null for fewer than two documents or no iterations
 * @throws EvalError for a number of iterations that is no whole number
 *
 * @example
 * const rows = [[1], [0], [1], [1], [0]];
 * const error = bootstrapStandardError(rows, ([sum = 0], count) => sum / count, 100);
 * console.log(error !== null && error > 0.15 && error < 0.25); // true
 */
export function bootstrapStandardError(
  rows: readonly Statistics[],
  score: (sums: Statistics, count: number) => number,
  iterations: number,
): number | null {
  if (!Number.isInteger(iterations) || iterations < 0)
    throw new EvalError("iterations", `are ${iterations}; give a whole number, 0 for no standard error`, {
      given: iterations,
    });
  const count = rows.length;
  if (count < 2 || iterations === 0) return null;
  const width = (rows[0] as Statistics).length;
  const size = Math.min(chunk, iterations);
  const scores: number[] = [];
  for (let seed = 0; seed < Math.floor(iterations / size); seed++) {
    const random = new PythonRandom(seed);
    for (let resample = 0; resample < size; resample++) {
      const sums = new Array<number>(width).fill(0);
      for (let drawn = 0; drawn < count; drawn++) {
        const row = rows[Math.floor(random.random() * count)] as Statistics;
        for (let i = 0; i < width; i++) sums[i] = (sums[i] as number) + (row[i] as number);
      }
      scores.push(score(sums, count));
    }
  }
  return sampleDeviation(scores);
}
