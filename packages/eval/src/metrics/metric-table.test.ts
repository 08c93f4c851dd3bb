import { describe, expect, test } from "vitest";
import { metricCases } from "../../test/helpers/metric-cases.ts";
import { bleuMetric, metricTable } from "./metric-table.ts";
import { aggregate, type Metric } from "./metric.ts";
import { textLength } from "./perplexity.ts";

test("each metric stands under its name", () => {
  for (const metrics of Object.values(metricTable) as Record<string, Metric<never>>[])
    for (const [name, metric] of Object.entries(metrics)) expect(metric.name).toBe(name);
});

describe("texts", () => {
  const { texts, words, bytes, logprobs, ...expected } = metricCases.rolling;

  test("are as long as for the harness", () => {
    expect(texts.map(textLength)).toEqual(texts.map((_, i) => ({ words: words[i], bytes: bytes[i] })));
  });

  test.each(["word_perplexity", "byte_perplexity", "bits_per_byte"] as const)("%s is the harness's", (name) => {
    const metric = metricTable.loglikelihood_rolling[name];
    const rows = texts.map((text, i) => metric.statistics({ logprob: logprobs[i]!, tokens: 1, ...textLength(text) }));
    const { score, standardError } = aggregate(metric, rows);
    expect(score).toBeCloseTo(expected[name], 10);
    expect(standardError).toBeNull();
  });

  test("have a perplexity by token, too", () => {
    const metric = metricTable.loglikelihood_rolling.token_perplexity;
    const rows = [
      metric.statistics({ logprob: -10, tokens: 4, words: 2, bytes: 9 }),
      metric.statistics({ logprob: -2, tokens: 2, words: 1, bytes: 3 }),
    ];
    expect(aggregate(metric, rows).score).toBeCloseTo(Math.exp(2), 12);
  });
});

test("accuracy is a mean over documents, with the error of a mean", () => {
  const { acc } = metricTable.multiple_choice;
  const outcomes = metricCases.multipleChoice;
  const { score, standardError, count } = aggregate(
    acc,
    outcomes.map((outcome) => acc.statistics(outcome)),
  );
  const right = outcomes.filter(({ metrics }) => metrics.acc === 1).length;
  expect(score).toBeCloseTo(right / count, 12);
  expect(standardError).toBeCloseTo(Math.sqrt((score * (1 - score)) / (count - 1)), 12);
});

test("the table's BLEU can be another", () => {
  const metric = bleuMetric({ tokenize: "none", lowercase: true });
  expect(metric.signature?.("1")).toBe("nrefs:1|case:lc|eff:no|tok:none|smooth:exp|version:2.6.0");
  const outcome = { prediction: "The Cat Sat On The Mat", references: ["the cat sat on the mat"] };
  expect(metric.score(metric.statistics(outcome), 1)).toBeCloseTo(100, 10);
});
