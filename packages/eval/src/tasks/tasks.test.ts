import { describe, expect, it } from "vitest";
import { EvalError } from "../errors.ts";
import { allMmluSubjects, mmluSubjects } from "./benchmarks/mmlu-subjects.ts";
import { translatedLanguages } from "./languages.ts";
import { splitsOf } from "./splits.ts";
import { task, taskGroups, tasks, tasksNamed } from "./tasks.ts";

describe("tasks", () => {
  it("have the names of the harness", () => {
    for (const name of [
      "arc_easy",
      "arc_challenge",
      "openbookqa",
      "commonsense_qa",
      "piqa",
      "social_iqa",
      "hellaswag",
      "winogrande",
      "triviaqa",
      "nq_open",
      "mmlu_high_school_us_history",
      "mmlu_virology_continuation",
      "mmmlu_pt_br_high_school_physics",
      "spanish_bench_flores_en-es",
      "spanish_bench_flores_pt-es",
      "portuguese_bench_flores_fr-pt",
      ...translatedLanguages.flatMap((language) => [`arc_${language}`, `m_mmlu_${language}`, `hellaswag_${language}`]),
    ])
      expect(task(name).name).toBe(name);
  });

  it("are in the table under their own names, none twice", () => {
    for (const [name, { name: own }] of tasks) expect(own).toBe(name);
    // 4 layouts of MMLU and 5 translations by subject, 11 and 2 of English benchmarks, 9 in each other language, MKQA, FLORES, 8 benchmarks of OLMES, text.
    expect(tasks.size).toBe(9 * 57 + 8 + 4 + 9 * 5 + 6 + 30 + 16 + 1);
  });

  it("know the subjects of MMLU and their four parts", () => {
    expect(new Set(allMmluSubjects).size).toBe(57);
    expect(Object.entries(mmluSubjects).map(([category, { length }]) => [category, length])).toEqual([
      ["stem", 19],
      ["humanities", 13],
      ["social_sciences", 12],
      ["other", 13],
    ]);
  });

  it("name their splits, and examples come from the one that the harness takes", () => {
    const splits = (name: string): unknown => Object.values(splitsOf(task(name).dataset));
    expect(splits("arc_easy")).toEqual(["test", "train"]);
    expect(splits("piqa")).toEqual(["validation", "train"]);
    expect(splits("hellaswag_fr")).toEqual(["val", "val"]);
    expect(splits("mkqa_en")).toEqual(["train", "train"]);
    expect(splits("text")).toEqual(["test", "test"]);
    for (const { dataset } of tasks.values()) expect(splitsOf(dataset).documents).not.toBe("");
    expect(() => splitsOf({ repo: "a/b", trainingSplit: "train" })).toThrow("a/b: names no test or validation split");
  });

  it("are grouped by names of tasks that exist", () => {
    for (const { name, tasks: members } of taskGroups.values()) {
      expect(tasks.has(name)).toBe(false);
      expect(tasksNamed(name)).toEqual(members.map(task));
    }
    expect(tasksNamed("mmlu_stem")).toHaveLength(19);
    expect(tasksNamed("olmes_mmlu_cf_macro")).toHaveLength(57);
    expect(tasksNamed("piqa")).toEqual([task("piqa")]);
    expect(taskGroups.get("mmlu")?.weightBySize).toBe(true);
    expect(taskGroups.get("mmlu_macro")?.weightBySize).toBe(false);
  });

  it("are refused by the nearest name where there is none", () => {
    expect(() => task("arc_chalenge")).toThrow(EvalError);
    expect(() => task("arc_chalenge")).toThrow('arc_chalenge: is no task; did you mean "arc_challenge"?');
    expect(() => tasksNamed("mmlu_sten")).toThrow('did you mean "mmlu_stem"?');
    expect(() => task("mmlu")).toThrow("mmlu: is a group of tasks");
  });
});
