import type { EvaluationResults } from "./results.ts";

/** Folder and files of a run, where lm-evaluation-harness would put them. */
export interface OutputNames {
  /** "kyutai__helium-1-preview-2b" */
  readonly folder: string;
  /** "results_2026-11-29T19-35-00.000000.json" */
  readonly results: string;
  /** "report_2026-11-29T19-35-00.000000.html" */
  readonly report: string;
  /** "samples_arc_easy_2026-11-29T19-35-00.000000.jsonl" */
  readonly samples: (task: string) => string;
}

/** Names below the folder of all runs, all with the time when the run ended. */
export function outputNames({ model, timing }: Pick<EvaluationResults, "model" | "timing">): OutputNames {
  const time = endTime(timing).toISOString().replaceAll(":", "-").replace("Z", "000");
  return {
    folder: sanitizedModelName(model.name),
    results: `results_${time}.json`,
    report: `report_${time}.html`,
    samples: (task) => `samples_${sanitizedModelName(task)}_${time}.jsonl`,
  };
}

/** A name without what a file name may not have; never one that leads elsewhere. */
export function sanitizedModelName(name: string): string {
  const sanitized = name.replace(/["<>:/|\\?*[\]]+/g, "__");
  return /^\.*$/.test(sanitized) ? "model" : sanitized;
}

export const endTime = ({ startedAt, seconds }: EvaluationResults["timing"]): Date =>
  new Date(Date.parse(startedAt) + seconds * 1000);
