import { metricTable } from "../metrics/metric-table.ts";
import type { Task } from "../tasks/task.ts";

/**
 * What a task is, under the names that lm-evaluation-harness has for it. How a prompt is made of a document is a function
 * here, and is not among it.
 */
export function taskConfig(task: Task, numFewShot: number): Readonly<Record<string, unknown>> {
  const { dataset, kind, subset } = task;
  return {
    task: task.name,
    dataset_path: dataset.repo,
    ...(dataset.config !== undefined && { dataset_name: dataset.config }),
    ...(dataset.trainingSplit !== undefined && { training_split: dataset.trainingSplit }),
    ...(dataset.validationSplit !== undefined && { validation_split: dataset.validationSplit }),
    ...(dataset.testSplit !== undefined && { test_split: dataset.testSplit }),
    ...(dataset.fewShotSplit !== undefined && { fewshot_split: dataset.fewShotSplit }),
    target_delimiter: task.targetDelimiter ?? " ",
    fewshot_delimiter: task.fewShotDelimiter ?? "\n\n",
    fewshot_config: fewShotConfig(task),
    num_fewshot: numFewShot,
    metric_list: metricsOf(task).map(([metric, higherIsBetter]) => ({ metric, higher_is_better: higherIsBetter })),
    output_type: kind,
    ...(kind === "generate_until" && { generation_kwargs: generationKwargs(task) }),
    repeats: 1,
    should_decontaminate: false,
    metadata: { version: task.version, ...(subset && { subset }) },
  };
}

/** Examples that are named one by one have no sampler there. */
function fewShotConfig({ fewShotExamples, fewShotSampler = "random" }: Task): Readonly<Record<string, unknown>> {
  if (!fewShotExamples) return { sampler: fewShotSampler === "random" ? "default" : fewShotSampler };
  const { column, rows } = fewShotExamples;
  return { sampler: "named", column, rows: rows.map(({ value }) => value) };
}

function metricsOf(task: Task): readonly (readonly [name: string, higherIsBetter: boolean])[] {
  const table: Readonly<Record<string, { readonly higherIsBetter: boolean }>> = metricTable[task.kind];
  const names = task.kind === "loglikelihood_rolling" ? Object.keys(table) : task.metrics;
  return names.map((name) => [name, table[name]?.higherIsBetter ?? true]);
}

/** The arguments of a generation, under the harness's names. */
export const generationKwargs = ({
  until,
  maxNewTokens = 256,
}: {
  readonly until: readonly string[];
  readonly maxNewTokens?: number;
}): Readonly<Record<string, unknown>> => ({
  until,
  do_sample: false,
  temperature: 0,
  max_gen_toks: maxNewTokens,
});
