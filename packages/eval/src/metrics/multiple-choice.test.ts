import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { metricCases } from "../../test/helpers/metric-cases.ts";
import { EvalError } from "../errors.ts";
import { choiceProbabilities } from "./calibration.ts";
import { choiceScores, chosen, isRight, type MultipleChoiceOutcome } from "./multiple-choice.ts";

describe("the harness (lighteval for acc_char) counts the same answers as right", () => {
  test.each(["acc", "acc_norm", "acc_bytes", "acc_char", "acc_mutual_info"] as const)("%s", (metric) => {
    for (const { metrics, ...outcome } of metricCases.multipleChoice)
      expect([outcome, isRight(metric, outcome)]).toEqual([outcome, metrics[metric]]);
  });
});

test("probabilities of choices are the harness's", () => {
  for (const { logprobs, probabilities } of metricCases.multipleChoice)
    choiceProbabilities(logprobs).forEach((given, index) => expect(given).toBeCloseTo(probabilities[index]!, 12));
});

test("lengths are code points or bytes, for OLMES with the delimiter", () => {
  const outcome: MultipleChoiceOutcome = { choices: ["é😀", "abc"], logprobs: [-12, -12], gold: 0 };
  expect(choiceScores("acc_norm", outcome)).toEqual([-6, -4]);
  expect(choiceScores("acc_bytes", outcome)).toEqual([-2, -4]);
  expect(choiceScores("acc_char", outcome)).toEqual([-4, -3]);
  expect(choiceScores("acc_char", { ...outcome, targetDelimiter: "" })).toEqual([-6, -4]);
  expect(choiceScores("acc_mutual_info", { ...outcome, unconditionalLogprobs: [-1, -20] })).toEqual([-11, 8]);
});

test("of equal choices the first is taken", () => {
  expect(chosen("acc", { choices: ["a", "b", "c"], logprobs: [-2, -1, -1], gold: 1 })).toBe(1);
  expect(chosen("acc", { choices: ["", "b"], logprobs: [NaN, 0], gold: 1 })).toBe(0);
});

test("letters are chosen alike by likelihood and by likelihood for each character", () => {
  const logprobs = fc.array(fc.double({ min: -50, max: 0, noNaN: true }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(logprobs, (list) => {
      const outcome = { choices: list.map((_, i) => String.fromCharCode(65 + i)), logprobs: list, gold: 0 };
      expect(chosen("acc_norm", outcome)).toBe(chosen("acc", outcome));
      expect(chosen("acc_bytes", outcome)).toBe(chosen("acc", outcome));
    }),
    { seed: 20261129 },
  );
});

test("refuses outcomes of which a part is missing", () => {
  const outcome = { choices: ["a", "b"], logprobs: [-1], gold: 0 };
  expect(() => choiceScores("acc", outcome)).toThrow(EvalError);
  expect(() => choiceScores("acc_mutual_info", { ...outcome, logprobs: [-1, -2] })).toThrow(
    "acc_mutual_info: has 2 choices and no unconditionalLogprobs; give one for each choice",
  );
});
