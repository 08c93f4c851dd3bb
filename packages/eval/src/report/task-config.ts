import type { Task } from "../tasks/task.ts";

/**
 * What a task is, under the names that lm-evaluation-harness has for it. How a prompt is made of a document is a function
 * here, and is not among it.
 */
export function taskConfig(task: Task, numFewShot: number): Readonly<Record<string, unknown>> {
  const { dataset, kind, fewShotSampler = "random" } = task;
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
    fewshot_config: { sampler: fewShotSampler === "random" ? "default" : fewShotSampler },
    num_fewshot: numFewShot,
    ...(kind !== "loglikelihood_rolling" && { metric_list: task.metrics.map((metric) => ({ metric })) }),
    output_type: kind,
    ...(kind === "generate_until" && { generation_kwargs: generationKwargs(task) }),
    repeats: 1,
    metadata: { version: task.version },
  };
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
