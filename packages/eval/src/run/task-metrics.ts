import { bleuMetric, chrfMetric, metricTable, type GenerationOutcome } from "../metrics/metric-table.ts";
import type { BleuOptions } from "../metrics/translation/bleu.ts";
import type { Metric } from "../metrics/metric.ts";
import type { MultipleChoiceOutcome } from "../metrics/multiple-choice.ts";
import type { RollingOutcome } from "../metrics/perplexity.ts";
import type { GenerationMetric, MultipleChoiceMetric, Task } from "../tasks/task.ts";

/** How translations are compared, where it is another way than the harness's. */
export interface TranslationOptions {
  /** Default: 13a, with upper and lower case. */
  readonly bleu?: BleuOptions;
}

/** The metrics of a multiple-choice task, in its order. */
export const choiceMetrics = (names: readonly MultipleChoiceMetric[]): readonly Metric<MultipleChoiceOutcome>[] =>
  names.map((name) => metricTable.multiple_choice[name]);

export const generationMetrics = (
  names: readonly GenerationMetric[],
  { bleu }: TranslationOptions = {},
): readonly Metric<GenerationOutcome>[] =>
  names.map((name) => {
    if (name === "bleu") return bleuMetric(bleu);
    const lowercase = bleu?.lowercase ?? false;
    if (name === "chrf") return chrfMetric(name, { lowercase });
    if (name === "chrf++") return chrfMetric(name, { lowercase, wordOrder: 2 });
    return metricTable.generate_until[name];
  });

export const rollingMetrics: readonly Metric<RollingOutcome>[] = Object.values(metricTable.loglikelihood_rolling);

/** What the scores of a task are made by, whatever their documents were made by. */
export type ScoreOfSums = Omit<Metric<never>, "statistics">;

export function scoresOf(task: Task): readonly ScoreOfSums[] {
  switch (task.kind) {
    case "multiple_choice":
      return choiceMetrics(task.metrics);
    case "generate_until":
      return generationMetrics(task.metrics);
    case "loglikelihood_rolling":
      return rollingMetrics;
  }
}
