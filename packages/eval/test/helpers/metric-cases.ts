import type { MultipleChoiceMetric } from "../../src/tasks/task.ts";
import type { MultipleChoiceOutcome } from "../../src/metrics/multiple-choice.ts";
import { expectedOf } from "./expected.ts";

interface AnswerCase {
  readonly prediction: string;
  readonly references: readonly string[];
  readonly exactMatch: number;
}

interface ScoreWithError {
  readonly score: number;
  readonly stderr: number;
}

/** By `scripts/reference/eval/make_metric_cases.py`. */
export const metricCases = expectedOf<{
  readonly multipleChoice: readonly (MultipleChoiceOutcome & {
    readonly metrics: Readonly<Record<MultipleChoiceMetric, number>>;
    readonly probabilities: readonly number[];
  })[];
  readonly exactMatch: readonly (AnswerCase & {
    readonly options: {
      readonly ignore_case?: boolean;
      readonly ignore_punctuation?: boolean;
      readonly regexes_to_ignore?: readonly string[];
    };
  })[];
  readonly squad: readonly (AnswerCase & { readonly f1: number })[];
  readonly answers: readonly string[];
  /** Normaliser → each of the answers, normalised. */
  readonly normalized: Readonly<Record<string, readonly string[]>>;
  readonly aggregation: readonly {
    readonly values: readonly number[];
    readonly mean: number;
    readonly stderr: number | null;
  }[];
  readonly groups: readonly {
    readonly sizes: readonly number[];
    readonly scores: readonly number[];
    readonly stderrs: readonly number[];
    readonly micro: number;
    readonly macro: number;
    readonly stderr: number;
  }[];
  readonly bootstrap: {
    readonly values: readonly number[];
    /** Iterations and standard error of the mean. */
    readonly mean: readonly (readonly [number, number])[];
    readonly logprobs: readonly number[];
    readonly perplexity: ScoreWithError;
    readonly translations: readonly (readonly [reference: string, prediction: string])[];
    readonly bleu: ScoreWithError;
    readonly chrf: ScoreWithError;
    readonly multiple: number;
  };
  readonly rolling: {
    readonly texts: readonly string[];
    readonly logprobs: readonly number[];
    readonly words: readonly number[];
    readonly bytes: readonly number[];
    readonly word_perplexity: number;
    readonly byte_perplexity: number;
    readonly bits_per_byte: number;
  };
  readonly calibration: readonly {
    readonly bins: number;
    readonly confidences: readonly number[];
    readonly right: readonly boolean[];
    readonly accuracies: readonly number[];
    readonly means: readonly number[];
  }[];
}>("metrics");
