import { cardModelFor, markdownTable, type CardModel, type EvaluationResults } from "@helium-lm/eval";
import type { WrittenFiles } from "@helium-lm/eval/node";
import type { CliIo } from "../../terminal/cli-io.ts";
import { printable } from "../../terminal/style.ts";
import type { EvalOptions } from "./eval-options.ts";

/** The model of the card to compare with: the named one, or the one that the model's own name is like. @throws EvalError */
export const cardModelOf = (named: string | undefined, modelName: string): CardModel | null =>
  cardModelFor(named ?? modelName, { isNamed: named !== undefined });

/** Prints the table, or with --json the results without their samples, and where the files are. */
export function showResults(
  results: EvaluationResults,
  files: WrittenFiles,
  { json }: Pick<EvalOptions, "json">,
  { stdout, stderr }: Pick<CliIo, "stdout" | "stderr">,
): void {
  if (json) {
    const tasks = results.tasks.map((task) => ({ ...task, samples: undefined }));
    stdout.write(`${JSON.stringify({ ...results, tasks, files })}\n`);
    return;
  }
  // The 57 subjects of MMLU are in the files; here their average stands for them.
  const members = new Set(results.groups.flatMap((group) => group.tasks));
  const tasks = results.tasks.filter(({ name }) => !members.has(name));
  stdout.write(`${printable(markdownTable({ ...results, tasks }))}\n`);
  stderr.write(`${printable(`results in ${files.results}, report in ${files.report}`)}\n`);
}
