import { nearestName } from "@helium-lm/tensor";
import { EvalError } from "../errors.ts";
import { arcChallenge, arcEasy } from "./benchmarks/arc.ts";
import { commonsenseQa } from "./benchmarks/commonsense-qa.ts";
import { flores } from "./benchmarks/flores.ts";
import { hellaSwag } from "./benchmarks/hellaswag.ts";
import { translatedArc } from "./benchmarks/m-arc.ts";
import { translatedHellaSwag } from "./benchmarks/m-hellaswag.ts";
import { translatedMmlu } from "./benchmarks/m-mmlu.ts";
import { mkqa } from "./benchmarks/mkqa.ts";
import { mmluGroups, mmluTasks } from "./benchmarks/mmlu.ts";
import { mmmluGroups, mmmluTasks } from "./benchmarks/mmmlu.ts";
import { nqOpen, nqOpenSquad } from "./benchmarks/nq-open.ts";
import { openBookQa } from "./benchmarks/openbookqa.ts";
import { piqa } from "./benchmarks/piqa.ts";
import { socialIqa } from "./benchmarks/social-iqa.ts";
import { textPerplexity } from "./benchmarks/text-perplexity.ts";
import { triviaQa, triviaQaUnfiltered } from "./benchmarks/trivia-qa.ts";
import { winogrande } from "./benchmarks/winogrande.ts";
import { allLanguages, translatedLanguages } from "./languages.ts";
import { olmesTasks } from "./olmes/tasks.ts";
import type { Task, TaskGroup } from "./task.ts";
import { defineTask } from "./task.ts";

const all: readonly Task[] = [
  ...mmluTasks.map(defineTask),
  ...[arcEasy, arcChallenge, openBookQa, commonsenseQa, piqa, socialIqa, hellaSwag].map(defineTask),
  defineTask(winogrande),
  ...[triviaQa, triviaQaUnfiltered, nqOpen, nqOpenSquad].map(defineTask),
  ...translatedLanguages.flatMap((language) => [
    defineTask(translatedArc(language)),
    defineTask(translatedMmlu(language)),
    defineTask(translatedHellaSwag(language)),
  ]),
  ...translatedLanguages.flatMap(mmmluTasks).map(defineTask),
  ...allLanguages.map((language) => defineTask(mkqa(language))),
  ...allLanguages.flatMap((from) => allLanguages.filter((to) => to !== from).map((to) => defineTask(flores(from, to)))),
  ...olmesTasks,
  defineTask(textPerplexity),
];

/** All tasks by name. */
export const tasks: ReadonlyMap<string, Task> = new Map(all.map((task) => [task.name, task]));

/** Averages over tasks, by name: MMLU under three layouts and in translation, each by documents and by subjects, and its four parts. */
export const taskGroups: ReadonlyMap<string, TaskGroup> = new Map(
  [
    ...mmluGroups("mmlu", (subject) => `mmlu_${subject}`),
    ...mmluGroups("mmlu_continuation", (subject) => `mmlu_${subject}_continuation`),
    ...translatedLanguages.flatMap(mmmluGroups),
    ...mmluGroups("olmes_mmlu_mcf", (subject) => `olmes_mmlu_${subject}_mcf`),
    ...mmluGroups("olmes_mmlu_cf", (subject) => `olmes_mmlu_${subject}_cf`),
  ].map((group) => [group.name, group]),
);

/**
 * A task by name.
 *
 * @throws EvalError for a name that is none, with the one that is nearest
 *
 * @example
 * const { dataset } = task("arc_challenge");
 * console.log(dataset.repo); // allenai/ai2_arc
 */
export function task(name: string): Task {
  return tasks.get(name) ?? refuse(name);
}

/**
 * The task of this name, or those of the group.
 *
 * @throws EvalError for a name that is neither
 * @example
 * console.log(tasksNamed("mmlu").length); // 57
 */
export function tasksNamed(name: string): readonly Task[] {
  return taskGroups.get(name)?.tasks.map(task) ?? [task(name)];
}

function refuse(name: string): never {
  if (taskGroups.has(name))
    throw new EvalError(name, "is a group of tasks; ask for its tasks with tasksNamed()", { given: name });
  const nearest = nearestName(name, [...tasks.keys(), ...taskGroups.keys()]);
  throw new EvalError(name, `is no task; did you mean "${nearest}"? \`helium eval --list\` names them all`, {
    given: name,
    expected: nearest,
  });
}
