import { calibration, type Calibration } from "../metrics/calibration.ts";
import { aggregate } from "../metrics/metric.ts";
import type { MetricResult, TaskResults } from "../report/results.ts";
import { tasks } from "../tasks/tasks.ts";
import { EvalError } from "../errors.ts";
import type { ItemRecord } from "./record-item.ts";
import { scoresOf, type ScoreOfSums } from "./task-metrics.ts";

/** What was found of a task, of all its items or of a shard's. Plain data, as JSON keeps it. */
export interface TaskRecord extends Omit<TaskResults, "n" | "metrics" | "calibration" | "samples"> {
  /** Name in the table of tasks. */
  readonly task: string;
  /** Documents that the split has. */
  readonly original: number;
  /** Of all shards together. */
  readonly effective: number;
  readonly items: readonly ItemRecord[];
}

/**
 * The figures of a task.
 *
 * @param bootstrapIterations for metrics whose standard error is a bootstrap
 * @throws EvalError for a task that is none
 */
export function summarize(record: TaskRecord, bootstrapIterations: number): TaskResults {
  const { task: taskName, original, effective, items, ...facts } = record;
  const task = tasks.get(taskName);
  if (!task) throw new EvalError(taskName, "is no task of this version; run the shards and the merge with one version");
  const filter = items[0]?.sample.filter ?? "none";
  return {
    ...facts,
    n: { original, effective },
    metrics: scoresOf(task).map((metric) => figure(metric, items, filter, bootstrapIterations)),
    calibration: calibrationOf(items),
    samples: items.map(({ sample }) => sample),
  };
}

function figure(
  metric: ScoreOfSums,
  items: readonly ItemRecord[],
  filter: string,
  bootstrapIterations: number,
): MetricResult {
  const rows = items.map(({ statistics }) => statistics[metric.name] ?? []);
  const { score, standardError } = aggregate(metric, rows, bootstrapIterations);
  const signature = signatureOf(items.flatMap(({ signatures }) => signatures[metric.name] ?? []));
  return {
    name: metric.name,
    filter,
    value: score,
    stderr: standardError,
    higherIsBetter: metric.higherIsBetter,
    ...(signature !== null && { signature }),
  };
}

/** The signature of all items: where they have different numbers of references, as sacrebleu says it. */
function signatureOf(signatures: readonly string[]): string | null {
  const [first = null, other] = new Set(signatures);
  return other === undefined || first === null ? first : first.replace(/^nrefs:\d+/, "nrefs:var");
}

function calibrationOf(items: readonly ItemRecord[]): Calibration | null {
  const predictions = items.flatMap(({ prediction }) => prediction ?? []);
  return predictions.length === 0 ? null : calibration(predictions);
}
