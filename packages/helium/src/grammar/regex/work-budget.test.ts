import { expect, test } from "vitest";
import { GrammarLimitError } from "../../errors.ts";
import { WorkBudget } from "./work-budget.ts";

test("a budget bounds each task with what it calls, and all together", () => {
  const budget = new WorkBudget(10, 25);
  const spend = (steps: number) => (): void => budget.spend(steps);
  budget.run(() => {
    budget.run(spend(6));
    expect(() => budget.run(spend(6))).toThrow("more than 10 steps at one place");
  });
  budget.run(spend(10));
  // Five are left.
  expect(() => budget.run(spend(6))).toThrow("more than 25 steps in all");
  expect(() => budget.run(spend(1))).toThrow(GrammarLimitError);
  expect(() => new WorkBudget().spend(1e12)).not.toThrow();
});

test("work of a text counts in its run alone", () => {
  const budget = new WorkBudget(10, 25);
  for (let run = 0; run < 100; run++) budget.run(() => budget.spendHere(10));
  expect(() => budget.run(() => budget.spendHere(11))).toThrow("more than 10 steps at one place");
  budget.run(() => {
    budget.spendHere(4);
    budget.spend(6);
  });
  expect(() =>
    budget.run(() => {
      budget.spend(6);
      budget.spendHere(5);
    }),
  ).toThrow(GrammarLimitError);
  // 6 of 25 are spent, and 5 of the run that came to its end.
  budget.run(() => budget.spend(10));
  expect(() => budget.run(() => budget.spend(5))).toThrow("more than 25 steps in all");
});

test("a run goes on with what is granted", () => {
  const budget = new WorkBudget(10, 12);
  budget.run(() => {
    expect(() => budget.spend(11)).toThrow(GrammarLimitError);
    budget.grant(3);
    budget.spend(3);
    expect(() => budget.spend(1)).toThrow(GrammarLimitError);
  });
  const fresh = new WorkBudget(10);
  fresh.grant(3);
  expect(() => fresh.spend(10)).not.toThrow();
});
