import { presets, taskGroups, tasks } from "@helium-lm/eval";
import type { CliIo } from "../../terminal/cli-io.ts";
import { alignColumns } from "../../terminal/text-layout.ts";
import type { EvalOptions } from "./eval-options.ts";

/** `helium eval --list`: what can be evaluated. */
export function listTasks({ json }: Pick<EvalOptions, "json">, { stdout }: Pick<CliIo, "stdout">): void {
  const all = [...tasks.values()].map(({ name, dataset, kind }) => ({
    name,
    kind,
    data: dataset.config === undefined ? dataset.repo : `${dataset.repo} ${dataset.config}`,
  }));
  const groups = [...taskGroups.values()].map(({ name, tasks: members, weightBySize }) => ({
    name,
    tasks: members.length,
    average: weightBySize ? "over documents" : "over tasks",
  }));
  const named = Object.values(presets).map(({ name, description }) => ({ name, description }));
  if (json) {
    stdout.write(`${JSON.stringify({ presets: named, groups, tasks: all })}\n`);
    return;
  }
  const print = (title: string, rows: readonly (readonly string[])[]): void => {
    stdout.write(`${title}\n`);
    for (const line of alignColumns(rows.map((row) => [...row]))) stdout.write(`  ${line.trimEnd()}\n`);
  };
  print(
    "Presets",
    named.map(({ name, description }) => [name, description]),
  );
  print(
    "Groups",
    groups.map(({ name, tasks: count, average }) => [name, `${count} tasks`, average]),
  );
  print(
    "Tasks",
    all.map(({ name, kind, data }) => [name, kind, data]),
  );
}
