import { expect, test } from "vitest";
import { expectedFiles } from "../../test/helpers/expected-files.ts";
import { tasks } from "../tasks/tasks.ts";
import { taskConfig } from "./task-config.ts";

/** Of toy tasks, which have no configuration and one split. */
const harnessKeys = new Set([
  ...Object.values(expectedFiles.configs).flat(),
  ...["dataset_name", "training_split", "validation_split", "fewshot_split"],
]);

test("every task has the harness's keys and no others, as plain data that a journal keeps", () => {
  for (const task of tasks.values()) {
    const config = taskConfig(task, 5);
    expect(Object.keys(config).filter((key) => !harnessKeys.has(key))).toEqual([]);
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  }
});

test("a task of the harness has what it has there", () => {
  expect(taskConfig(tasks.get("nq_open")!, 5)).toMatchObject({
    task: "nq_open",
    num_fewshot: 5,
    output_type: "generate_until",
    metric_list: [{ metric: "exact_match", higher_is_better: true }],
    generation_kwargs: { until: ["\n", ".", ","], do_sample: false, temperature: 0 },
    fewshot_delimiter: "\n",
  });
});
