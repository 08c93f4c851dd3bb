import type { Candidate } from "./presets.ts";
import { splitsOf } from "./splits.ts";
import type { Dataset, Task } from "./task.ts";
import { taskGroups, tasksNamed } from "./tasks.ts";

/**
 * How a figure is measured, in one line for reports.
 *
 * @example
 * const [letters] = presets["helium-card"].rows.find(({ benchmark }) => benchmark === "OBQA").candidates;
 * console.log(protocol(letters)); // olmes_openbookqa_mcf: MCF, acc, 5-shot, allenai/openbookqa (main) test
 */
export function protocol({ form, task: name, metric, numFewShot }: Candidate): string {
  const members = tasksNamed(name);
  const [first] = members;
  const group = taskGroups.get(name);
  const parts = [
    form,
    metric,
    `${numFewShot}-shot`,
    ...(first === undefined ? [] : [dataOf(first.dataset, members.length), ...subsetOf(first)]),
    ...(group === undefined
      ? []
      : [`${members.length} tasks averaged ${group.weightBySize ? "by documents" : "by tasks"}`]),
  ];
  return `${name}: ${parts.join(", ")}`;
}

/**
 * How a task is scored, in one line for reports: what all of its figures have in common.
 *
 * @param seed of the generator that draws examples
 */
export function taskProtocol(task: Task, numFewShot: number, seed: number): string {
  const { fewShotExamples, fewShotSampler = "random", dataset, version } = task;
  const chosen = fewShotExamples ? "named" : fewShotSampler === "random" ? `seed ${seed}` : "the first";
  const parts = [
    numFewShot === 0 ? "0-shot" : `${numFewShot}-shot from ${splitsOf(dataset).examples}, ${chosen}`,
    dataOf(dataset, 1),
    ...subsetOf(task),
    `version ${version}`,
  ];
  return `${task.name}: ${parts.join(", ")}`;
}

const dataOf = (dataset: Dataset, tasks: number): string =>
  `${dataset.repo}${dataset.config === undefined || tasks > 1 ? "" : ` (${dataset.config})`} ${splitsOf(dataset).documents}`;

const subsetOf = ({ subset }: Task): readonly string[] =>
  subset === undefined ? [] : [`${subset.size} documents where there are more than ${subset.above}`];
