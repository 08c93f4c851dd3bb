import { describe, expect, it } from "vitest";
import { Reading } from "../data/reading.ts";
import { DataError, EvalError } from "../errors.ts";
import type { Dataset, MultipleChoiceTask, Task } from "../tasks/task.ts";
import { defineTask } from "../tasks/task.ts";
import { expectedOf } from "../testing/synthetic-items.ts";
import { chooseExamples } from "./few-shot.ts";

/** Of lm-evaluation-harness; see scripts/reference/eval/make_prompt_parts.py. */
const { fewShot: drawn } = expectedOf("prompt-parts") as {
  readonly fewShot: readonly {
    readonly size: number;
    readonly kinds: number;
    readonly count: number;
    readonly seed: number;
    readonly own: boolean;
    readonly prompts: readonly (readonly number[])[];
  }[];
};

const rows = (values: readonly unknown[]): readonly Reading[] =>
  values.map((value, i) => new Reading({ text: value }, `train.jsonl, row ${i + 1}`));

const numbers = (count: number): readonly Reading[] => rows(Array.from({ length: count }, (_, i) => i));

const taskOf = (dataset: Partial<Dataset>, more: Partial<MultipleChoiceTask<string>> = {}): Task =>
  defineTask<string>({
    name: "toy",
    kind: "multiple_choice",
    dataset: { repo: "toy", ...dataset },
    read: (row) => String(row.row.text),
    context: (doc) => doc,
    choices: () => ["A", "B"],
    gold: () => 0,
    metrics: ["acc"],
    version: 1,
    ...more,
  });

describe("chooseExamples", () => {
  // Both as lm-evaluation-harness 0.4.13 draws them from 200 documents with seed 1234.
  it("draws one more where the task names the same split for documents and examples, or neither", () => {
    const pool = numbers(200);
    // Drawn are 199 112 29, 1 23 149 and 8 171 177.
    expect(pool.slice(0, 3).map(chooseExamples(taskOf({}), pool, 2, 1234))).toEqual([
      [199, 112],
      [23, 149],
      [8, 171],
    ]);
  });

  it("draws just as many where it does not", () => {
    const choose = chooseExamples(taskOf({ testSplit: "test" }), numbers(200), 2, 1234);
    const other = rows(["elsewhere"])[0]!;
    expect([choose(other), choose(other), choose(other)]).toEqual([
      [199, 112],
      [29, 1],
      [23, 149],
    ]);
  });

  it.each(drawn)(
    "draws $count of $size rows with $kinds values, seed $seed, own: $own, as the harness does",
    ({ size, kinds, count, seed, own, prompts }) => {
      const pool = rows(Array.from({ length: size }, (_, i) => i % kinds));
      const choose = chooseExamples(taskOf(own ? {} : { testSplit: "test" }), pool, count, seed);
      expect(prompts.map((_, i) => choose(pool[i % size]!))).toEqual(prompts);
    },
  );

  it("never shows the document itself, nor a copy of it", () => {
    const pool = rows(["a", "b", "a", "c", "a", "d"]);
    const choose = chooseExamples(taskOf({}), pool, 3, 1234);
    for (let i = 0; i < 20; i++) {
      const shown = choose(pool[0]!);
      expect(new Set(shown).size).toBe(3);
      for (const place of shown) expect(pool[place]?.row.text).not.toBe("a");
    }
  });

  it("takes the first ones for first_n", () => {
    const choose = chooseExamples(taskOf({ fewShotSplit: "dev" }, { fewShotSampler: "first_n" }), numbers(9), 4, 1234);
    expect(choose(numbers(1)[0]!)).toEqual([0, 1, 2, 3]);
  });

  it("leaves the document out of the first ones of its own split", () => {
    const pool = rows(["a", "b", "a", "c", "d"]);
    const choose = chooseExamples(
      taskOf({ testSplit: "test", fewShotSplit: "test" }, { fewShotSampler: "first_n" }),
      pool,
      3,
      1234,
    );
    expect(pool.map(choose)).toEqual([
      [1, 3, 4],
      [0, 2, 3],
      [1, 3, 4],
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  const named = (match: "whole" | "start", ...values: readonly string[]): Task =>
    taskOf({}, { fewShotExamples: { column: "text", match, rows: values.map((value) => ({ value })) } });

  it("finds named examples by their column, in the task's order, whole or by their beginning", () => {
    const pool = rows(["clean tires well", "clean tires", "mend a sail", "boil an egg"]);
    const shown = (match: "whole" | "start"): readonly number[] =>
      chooseExamples(named(match, "mend a sail", "clean tires", "no such"), pool, 2, 1234)(pool[3]!);
    expect(shown("whole")).toEqual([2, 1]);
    expect(shown("start")).toEqual([2, 0]);
  });

  it("takes of several rows with one name the one that fits beside it, else the first", () => {
    const pool = ["no", "yes", "yes, but"].map((answer, i) => new Reading({ text: "same", answer }, `row ${i + 1}`));
    const shown = (answer: string): readonly number[] => {
      const rows = [{ value: "same", beside: { answer } }];
      const task = taskOf({}, { fewShotExamples: { column: "text", match: "whole", rows } });
      return chooseExamples(task, pool, 1, 1234)(pool[0]!);
    };
    expect([shown("yes"), shown("yes,"), shown("never")]).toEqual([[1], [2], [0]]);
  });

  it("says which named example the pool lacks", () => {
    const task = named("whole", "a", "z");
    expect(() => chooseExamples(task, rows(["a", "b"]), 2, 1234)).toThrow(
      'train.jsonl, row 1: the few-shot split has no row whose "text" is "z"',
    );
    expect(() => chooseExamples(task, rows(["a", "b"]), 2, 1234)).toThrow(DataError);
    expect(() => chooseExamples(task, rows(["a", "b"]), 3, 1234)).toThrow("toy: has 2 examples, asked for 3");
  });

  it("refuses pools that are too small, and counts that are none", () => {
    expect(() => chooseExamples(taskOf({}), numbers(5), 5, 1234)).toThrow(
      "toy: needs 6 documents to take examples from, and the split has 5",
    );
    expect(() => chooseExamples(taskOf({ testSplit: "test" }), numbers(4), 5, 1234)).toThrow("needs 5 documents");
    expect(() => chooseExamples(taskOf({}, { fewShotSampler: "first_n" }), numbers(4), 5, 1234)).toThrow(EvalError);
    expect(() => chooseExamples(taskOf({}), numbers(9), -1, 1234)).toThrow("cannot show -1 examples");
    expect(() => chooseExamples(taskOf({}), numbers(9), 1.5, 1234)).toThrow("cannot show 1.5 examples");
  });
});
