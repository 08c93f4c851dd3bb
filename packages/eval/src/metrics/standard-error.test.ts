import fc from "fast-check";
import { expect, test } from "vitest";
import { metricCases } from "../../test/helpers/metric-cases.ts";
import { EvalError } from "../errors.ts";
import { groupScore, mean, standardErrorOfMean, type TaskScore } from "./standard-error.ts";

test.each(metricCases.aggregation)("mean and standard error of $values.length values are the harness's", (expected) => {
  expect(mean(expected.values)).toBeCloseTo(expected.mean, 12);
  const error = standardErrorOfMean(expected.values);
  if (expected.stderr === null) expect(error).toBeNull();
  else expect(error).toBeCloseTo(expected.stderr, 12);
});

const tasksOf = (expected: (typeof metricCases.groups)[number]): TaskScore[] =>
  expected.scores.map((score, i) => ({ score, standardError: expected.stderrs[i]!, count: expected.sizes[i]! }));

test.each(metricCases.groups)("a group of $sizes.length tasks scores as with the harness", (expected) => {
  const micro = groupScore(tasksOf(expected), { weightBySize: true });
  expect(micro.score).toBeCloseTo(expected.micro, 12);
  expect(micro.standardError).toBeCloseTo(expected.stderr, 12);
  expect(groupScore(tasksOf(expected), { weightBySize: false }).score).toBeCloseTo(expected.macro, 12);
});

test("the golden group", () => {
  const tasks = [
    { score: 0.5, standardError: 0.03, count: 100 },
    { score: 0.6, standardError: 0.05, count: 50 },
    { score: 0.7, standardError: 0.01, count: 400 },
  ];
  const group = groupScore(tasks, { weightBySize: true });
  expect(group).toEqual({
    score: expect.closeTo(0.6545454545454545, 12) as number,
    standardError: expect.closeTo(0.010150111485644651, 14) as number,
    count: 550,
  });
  expect(standardErrorOfMean([1, 0, 1, 1, 0])).toBeCloseTo(0.24494897427831783, 14);
});

test("tasks of one size have one average", () => {
  const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(scores, fc.integer({ min: 2, max: 99 }), (list, count) => {
      const tasks = list.map((score) => ({ score, standardError: null, count }));
      const [micro, macro] = [true, false].map((weightBySize) => groupScore(tasks, { weightBySize }));
      expect(micro?.score).toBeCloseTo(macro?.score ?? NaN, 12);
      expect(micro?.standardError).toBeNull();
    }),
    { seed: 20261129 },
  );
  expect(() => groupScore([], { weightBySize: true })).toThrow(EvalError);
});
