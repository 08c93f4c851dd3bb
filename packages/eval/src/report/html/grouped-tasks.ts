import type { EvaluationResults, GroupResults, TaskResults } from "../results.ts";

/** Tasks that stand for themselves, and those that averages are made of. */
export interface GroupedTasks {
  readonly single: readonly TaskResults[];
  readonly averaged: readonly TaskResults[];
}

export function groupedTasks({ tasks, groups }: Pick<EvaluationResults, "tasks" | "groups">): GroupedTasks {
  const members = new Set(groups.flatMap((group) => group.tasks));
  return {
    single: tasks.filter(({ name }) => !members.has(name)),
    averaged: tasks.filter(({ name }) => members.has(name)),
  };
}

/** The language of all tasks of a group, or "mul". */
export function groupLanguage(group: GroupResults, tasks: readonly TaskResults[]): string {
  const languages = new Set(tasks.filter(({ name }) => group.tasks.includes(name)).map(({ language }) => language));
  const [language = "mul"] = languages;
  return languages.size === 1 ? language : "mul";
}
