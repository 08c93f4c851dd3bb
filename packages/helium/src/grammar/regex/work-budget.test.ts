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
