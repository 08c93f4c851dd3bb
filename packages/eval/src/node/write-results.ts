import { join } from "node:path";
import { htmlReport } from "../report/html-report.ts";
import { outputNames } from "../report/output-names.ts";
import { resultsJson } from "../report/results-json.ts";
import type { EvaluationResults } from "../report/results.ts";
import { samplesJsonl } from "../report/samples-jsonl.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Paths of what was written. */
export interface WrittenFiles {
  readonly results: string;
  readonly report: string;
  readonly samples: readonly string[];
}

/**
 * Writes results, samples and the report into `<folder>/<model>/`, under the names that lm-evaluation-harness gives them. Each file
 * is there whole or not at all.
 */
export async function writeResults(folder: string, results: EvaluationResults): Promise<WrittenFiles> {
  const names = outputNames(results);
  const path = (name: string): string => join(folder, names.folder, name);
  const samples: string[] = [];
  for (const task of results.tasks) {
    if (task.samples.length === 0) continue;
    const file = path(names.samples(task.name));
    await writeAtomically(file, samplesJsonl(task.samples));
    samples.push(file);
  }
  await writeAtomically(path(names.report), htmlReport(results));
  await writeAtomically(path(names.results), await resultsJson(results));
  return { results: path(names.results), report: path(names.report), samples };
}
