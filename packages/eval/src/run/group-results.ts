import { groupScore } from "../metrics/standard-error.ts";
import type { GroupResults, MetricResult, TaskResults } from "../report/results.ts";
import type { PlannedGroup } from "./planned-task.ts";

/** The averages of a group's tasks, of those metrics that all of them have. */
export function groupResults({ name, group, tasks: names }: PlannedGroup, all: readonly TaskResults[]): GroupResults {
  const tasks = names.flatMap((member) => all.find((task) => task.name === member) ?? []);
  const [first, ...others] = tasks;
  const sum = (of: (task: TaskResults) => number): number => tasks.reduce((total, task) => total + of(task), 0);
  const metrics = (first?.metrics ?? []).flatMap((metric): MetricResult[] => {
    const found = [first, ...others].map((task) => task?.metrics.find((other) => other.name === metric.name));
    if (found.some((one) => one === undefined)) return [];
    const scores = found.map((one, i) => ({
      score: one?.value ?? NaN,
      standardError: one?.stderr ?? null,
      count: tasks[i]?.n.effective ?? 0,
    }));
    const { score, standardError } = groupScore(scores, group);
    return [{ ...metric, value: score, stderr: standardError }];
  });
  return {
    name,
    tasks: names,
    weightBySize: group.weightBySize,
    version: first?.version ?? 0,
    n: { original: sum(({ n }) => n.original), effective: sum(({ n }) => n.effective) },
    metrics,
  };
}
