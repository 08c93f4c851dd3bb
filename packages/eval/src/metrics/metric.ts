import { bootstrapStandardError } from "./bootstrap.ts";
import { sumOf, type Statistics } from "./statistics.ts";
import { standardErrorOfMean, type TaskScore } from "./standard-error.ts";

/** Where a standard error comes from: the formula for a mean, a bootstrap, or nowhere. */
export type StandardErrorKind = "mean" | "bootstrap" | "none";

/**
 * A measure of documents of one kind. What it takes of a document are numbers that add up over documents, and its score is one of
 * their sums, so that the score of a single document, of all, of a shard's documents or of a resample is the same call.
 */
export interface Metric<Outcome> {
  /** As in results: `acc`, `exact_match`, `bleu`. */
  readonly name: string;
  /** The numbers of a document. */
  readonly statistics: (outcome: Outcome) => Statistics;
  /** The score of `count` documents by the sums of their numbers. */
  readonly score: (sums: Statistics, count: number) => number;
  readonly higherIsBetter: boolean;
  readonly standardError: StandardErrorKind;
  /** The most resamples that are drawn for it; default: as many as asked for. */
  readonly maxBootstrapIterations?: number;
  /** What makes a score comparable, as sacrebleu prints it; see `referencesPerHypothesis`. */
  readonly signature?: (references: string) => string;
}

/** How documents add up to a score, whatever they are. */
export type ScoreOfSums = Omit<Metric<never>, "statistics">;

/** A metric that is the mean of a number for each document. */
export const meanMetric = <Outcome>(name: string, valueOf: (outcome: Outcome) => number): Metric<Outcome> => ({
  name,
  statistics: (outcome) => [valueOf(outcome)],
  score: ([sum = 0], count) => sum / count,
  higherIsBetter: true,
  standardError: "mean",
});

/**
 * The score of all documents, with its standard error.
 *
 * @param rows what `metric.statistics` gives for each document, in the order of the documents
 * @param bootstrapIterations for metrics whose standard error is a bootstrap; default 100,000, 0 for none
 *
 * @example
 * const { acc } = metricTable.multiple_choice;
 * const outcome = { choices: ["yes", "no"], logprobs: [-1, -2] };
 * const rows = [0, 1, 0].map((gold) => acc.statistics({ ...outcome, gold }));
 * console.log(aggregate(acc, rows).score.toFixed(3)); // 0.667
 */
export function aggregate(metric: ScoreOfSums, rows: readonly Statistics[], bootstrapIterations = 100_000): TaskScore {
  const count = rows.length;
  return { score: metric.score(sumOf(rows), count), standardError: errorOf(metric, rows, bootstrapIterations), count };
}

function errorOf(metric: ScoreOfSums, rows: readonly Statistics[], iterations: number): number | null {
  const { maxBootstrapIterations = iterations } = metric;
  switch (metric.standardError) {
    case "mean":
      return standardErrorOfMean(rows.map(([value = 0]) => value));
    case "bootstrap":
      return bootstrapStandardError(rows, metric.score, Math.min(iterations, maxBootstrapIterations));
    case "none":
      return null;
  }
}
