import { expect, test } from "vitest";
import { meanComparison, cardComparison } from "./card-comparison.ts";
import { languageName, shownDifference, shownDuration, shownFigure } from "./figures.ts";
import type { CardRow, MetricResult } from "./results.ts";

const metric = (name: string, value: number, stderr: number | null): MetricResult => ({
  name,
  filter: "none",
  value,
  stderr,
  higherIsBetter: true,
});

test.each([
  [metric("acc_norm", 0.62749, 0.01412), { value: "62.7", stderr: "1.4" }],
  [metric("exact_match", 1, null), { value: "100.0", stderr: null }],
  [metric("bleu", 24.306, 0.618), { value: "24.3", stderr: "0.6" }],
  [metric("chrf++", 0.5, 0), { value: "0.5", stderr: "0.0" }],
  [metric("word_perplexity", 11.48231, null), { value: "11.482", stderr: null }],
  [metric("byte_perplexity", 309.2, null), { value: "309.2", stderr: null }],
  [metric("bits_per_byte", 0.65871, null), { value: "0.659", stderr: null }],
  [metric("acc", NaN, NaN), { value: "NaN", stderr: "NaN" }],
  [metric("token_perplexity", Infinity, null), { value: "∞", stderr: null }],
])("$name", (figure, expected) => expect(shownFigure(figure)).toEqual(expected));

test("differences have a sign, unless they are nothing", () =>
  expect([1.24, -0.36, 0, -0.04, 0.04].map(shownDifference)).toEqual(["+1.2", "−0.4", "0.0", "0.0", "0.0"]));

test("durations", () =>
  expect([0.42, 48.4, 59.7, 200, 7500].map(shownDuration)).toEqual([
    "0.4 s",
    "48 s",
    "1 min 0 s",
    "3 min 20 s",
    "2 h 5 min",
  ]));

test("languages by their English names", () =>
  expect(["pt", "en-pt", "pt-BR", "mul", "no such language"].map(languageName)).toEqual([
    "Portuguese",
    "English to Portuguese",
    "Brazilian Portuguese",
    "Multiple languages",
    "no such language",
  ]));

const row = (value: number, stderr: number | null, cardValue: number | null): CardRow => ({
  benchmark: "ARC-C",
  language: "en",
  candidates: [{ label: "letters", task: "arc", protocol: "p", metric: metric("acc", value, stderr), n: 1172 }],
  chosen: 0,
  cardValue,
  difference: cardValue === null ? null : 100 * value - cardValue,
  others: {},
});

test("a difference of up to two standard errors is none", () => {
  expect(cardComparison(row(0.6, 0.014, 62.7))).toMatchObject({ value: 60, cardValue: 62.7, isReproduced: true });
  expect(cardComparison(row(0.598, 0.014, 62.7))).toMatchObject({ isReproduced: false });
  expect(cardComparison(row(0.6, null, 62.7))).toMatchObject({ isReproduced: null });
  expect(cardComparison(row(0.6, 0.014, null))).toMatchObject({ difference: null, isReproduced: null });
});

test("the mean of rows, and its standard error where all have one", () => {
  const average = meanComparison([row(0.6, 0.03, 62), row(0.5, 0.04, 52)]);
  expect(average?.value).toBeCloseTo(55, 10);
  expect(average?.stderr).toBeCloseTo(2.5, 10);
  expect(average?.cardValue).toBe(57);
  expect(average?.difference).toBeCloseTo(-2, 10);
  expect(meanComparison([row(0.6, null, 62), row(0.5, 0.04, 52)])).toMatchObject({ stderr: null, isReproduced: null });
  expect(meanComparison([row(0.6, 0.03, null), row(0.5, 0.04, 52)])).toMatchObject({
    cardValue: null,
    difference: null,
  });
  expect(meanComparison([row(0.6, 0.03, 62)])).toBeNull();
});
