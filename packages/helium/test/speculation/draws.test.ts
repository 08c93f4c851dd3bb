import { createBackend, type Backend } from "@helium-lm/tensor";
import { generate, type GenerateOptions, type GenerativeModel } from "@helium-lm/helium";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { markovModel } from "../helpers/markov-model.ts";

const V = 5;
/** Logits of a model, some far apart, and of models that are more or less like it. */
const table = (unlike: number): number[][] =>
  Array.from({ length: V }, (_, a) =>
    Array.from(
      { length: V },
      (_, b) => 2 * Math.sin(1 + 7.3 * a + 3.1 * b * b) + unlike * Math.sin(2 + 5 * a + 11 * b),
    ),
  );

const [temperature, topK, length] = [1.2, 3, 3];

/** The distribution behind a token, by the formulas: temperature, then the k largest, then softmax. */
function next(logits: readonly number[]): number[] {
  const scaled = logits.map((x) => x / temperature);
  const least = scaled.toSorted((a, b) => b - a)[topK - 1]!;
  const weights = scaled.map((x) => (x < least ? 0 : Math.exp(x)));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

/** Pearson's statistic of the texts of `length` tokens behind `start`, and its degrees of freedom. */
function chiSquare(texts: readonly (readonly number[])[], model: readonly number[][], start: number): [number, number] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text.join(), (counts.get(text.join()) ?? 0) + 1);
  let [statistic, cells] = [0, 0];
  const walk = (text: readonly number[], probability: number): void => {
    if (text.length < length)
      return next(model[text.at(-1) ?? start]!).forEach((p, token) => p > 0 && walk([...text, token], probability * p));
    const expected = texts.length * probability;
    statistic += ((counts.get(text.join()) ?? 0) - expected) ** 2 / expected;
    counts.delete(text.join());
    cells++;
  };
  walk([], 1);
  expect([...counts.keys()]).toEqual([]);
  return [statistic, cells - 1];
}

describe("tokens drawn after a draft model's have the model's distribution", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createBackend("cpu");
  });
  afterAll(() => expect(backend.memory().handles).toBe(0));

  const texts = async (model: GenerativeModel, options: GenerateOptions): Promise<number[][]> => {
    const { sequences } = await generate(model, {
      ...{ inputIds: [[1]], doSample: true, temperature, topK, maxNewTokens: length },
      ...options,
    });
    return sequences.map((row) => row.slice(1));
  };
  /** 99.9 % of such statistics are below: Wilson and Hilferty's approximation. */
  const limit = (df: number): number => df * (1 - 2 / (9 * df) + 3.09 * Math.sqrt(2 / (9 * df))) ** 3;

  test.each<[string, number, GenerateOptions]>([
    [
      "another model",
      1,
      { numAssistantTokensSchedule: "constant", numAssistantTokens: 2, assistantConfidenceThreshold: 0 },
    ],
    ["the model itself", 0, { numAssistantTokensSchedule: "constant", assistantConfidenceThreshold: 0 }],
    [
      "one that stops where it is not sure",
      1,
      { numAssistantTokensSchedule: "constant", assistantConfidenceThreshold: 0.55 },
    ],
    ["one whose length adapts", 2, { numAssistantTokensSchedule: "heuristic", assistantConfidenceThreshold: 0.3 }],
    ["one beside prompt lookup", 2, { promptLookupNumTokens: 2, numAssistantTokensSchedule: "constant" }],
  ])("%s", async (_, unlike, options) => {
    const model = markovModel(backend, table(0));
    const assistantModel = markovModel(backend, table(unlike));
    const rows: number[][] = [];
    for (let call = 0; call < 20; call++)
      rows.push(
        ...(await texts(model, { ...options, assistantModel, numReturnSequences: 200, seed: 20261129 + call })),
      );
    const [statistic, df] = chiSquare(rows, table(0), 1);
    expect(df).toBe(topK ** length - 1);
    expect(statistic).toBeLessThan(limit(df));
    const { draftedTokens, acceptedTokens } = model.ownEngine.stats;
    expect(draftedTokens).toBeGreaterThan(rows.length / 2);
    expect(acceptedTokens / draftedTokens).toBeGreaterThan(unlike === 0 ? 0.999 : 0.2);
    if (unlike !== 0) expect(acceptedTokens / draftedTokens).toBeLessThan(0.95);
  });

  test("the test sees a wrong distribution: the draft model's own", async () => {
    const rows = await texts(markovModel(backend, table(1)), { numReturnSequences: 1000, seed: 1 });
    const wrong = rows.filter((text) =>
      text.every((token, i) => next(table(0)[i === 0 ? 1 : text[i - 1]!]!)[token]! > 0),
    );
    const [statistic, df] = chiSquare(wrong, table(0), 1);
    expect(statistic).toBeGreaterThan(10 * limit(df));
  });

  test("a text depends on its seed, and not on who else is in the engine", async () => {
    const model = markovModel(backend, table(0));
    const assistantModel = markovModel(backend, table(1));
    const options = { assistantModel, maxNewTokens: 40, numReturnSequences: 3, seed: 5 };
    const alone = await texts(model, options);
    const [beside] = await Promise.all([
      texts(model, options),
      ...[1, 2, 3, 4].map((seed) => texts(model, { numReturnSequences: 8, maxNewTokens: 40, seed })),
    ]);
    expect(beside).toEqual(alone);
    expect(await texts(model, { ...options, seed: 6 })).not.toEqual(alone);
  });
});
