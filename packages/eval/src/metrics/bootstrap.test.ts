import { expect, test } from "vitest";
import { metricCases } from "../../test/helpers/metric-cases.ts";
import { EvalError } from "../errors.ts";
import { bootstrapStandardError } from "./bootstrap.ts";
import type { Statistics } from "./statistics.ts";
import { metricTable } from "./metric-table.ts";
import { aggregate } from "./metric.ts";
import { perplexity } from "./perplexity.ts";

const { values, mean, logprobs, translations, ...expected } = metricCases.bootstrap;
const meanOf = ([sum = 0]: Statistics, count: number): number => sum / count;

test.each(mean)("%i resamples of a mean are the harness's", (iterations, error) => {
  const rows = values.map((value) => [value]);
  expect(bootstrapStandardError(rows, meanOf, iterations)).toBeCloseTo(error, 12);
});

test("resamples of a perplexity are the harness's", () => {
  const rows = logprobs.map((logprob) => [logprob, 1]);
  const score = ([logprob = 0, count = 0]: Statistics): number => perplexity(logprob, count);
  expect(bootstrapStandardError(rows, score, 300)).toBeCloseTo(expected.perplexity.stderr, 8);
});

test.each(["bleu", "chrf"] as const)("%s of a corpus, and its standard error, are the harness's", (name) => {
  const metric = metricTable.generate_until[name];
  const rows = translations.map(([reference, prediction]) =>
    metric.statistics({ prediction, references: [reference] }),
  );
  const { score, standardError } = aggregate(metric, rows);
  expect(score).toBeCloseTo(expected[name].score, 10);
  expect(standardError).toBeCloseTo(expected[name].stderr, 8);
});

test("BLEU with several references is the harness's", () => {
  const metric = metricTable.generate_until.bleu;
  const rows = translations.map(([reference, prediction]) =>
    metric.statistics({ prediction, references: [reference, `${prediction} x`] }),
  );
  expect(aggregate(metric, rows, 0)).toEqual({
    score: expect.closeTo(expected.multiple, 10) as number,
    standardError: null,
    count: 12,
  });
});

test("there is none of one document, and none without resamples", () => {
  expect(bootstrapStandardError([[1]], meanOf, 100)).toBeNull();
  expect(bootstrapStandardError([[1], [0]], meanOf, 0)).toBeNull();
  expect(() => bootstrapStandardError([[1], [0]], meanOf, 1.5)).toThrow(EvalError);
});
