import type { AnswerNormalization, GenerationMetric, MultipleChoiceMetric } from "../tasks/task.ts";
import { Bleu, type BleuOptions } from "./translation/bleu.ts";
import { Chrf, type ChrfOptions } from "./translation/chrf.ts";
import { exactMatch } from "./exact-match.ts";
import { meanMetric, type Metric } from "./metric.ts";
import { isRight, type MultipleChoiceOutcome } from "./multiple-choice.ts";
import { bitsPerByte, perplexity, type RollingOutcome } from "./perplexity.ts";
import { tokenF1 } from "./token-f1.ts";

/** What a model wrote, and what it should have written. */
export interface GenerationOutcome {
  readonly prediction: string;
  /** Each of them is right. */
  readonly references: readonly string[];
  /** For `exact_match` and `f1`; default: compared as written. */
  readonly normalization?: AnswerNormalization;
}

/** Of a text: by word, byte and token, and in bits. */
export type PerplexityMetric = "word_perplexity" | "byte_perplexity" | "bits_per_byte" | "token_perplexity";

/** The resamples of the harness for scores that cost it a whole corpus each. */
const corpusResamples = 100;

/** BLEU with options of one's own, such as the tokenizer of spBLEU, to stand in for the table's. */
export function bleuMetric(options: BleuOptions = {}): Metric<GenerationOutcome> {
  const bleu = new Bleu(options);
  return {
    name: "bleu",
    statistics: ({ prediction, references }) => bleu.statistics(prediction, references),
    score: (sums) => bleu.figures(sums).score,
    higherIsBetter: true,
    standardError: "bootstrap",
    maxBootstrapIterations: corpusResamples,
    signature: (references) => bleu.signature(references),
  };
}

/** chrF with options of one's own, to stand in for the table's. */
export function chrfMetric(name: "chrf" | "chrf++", options: ChrfOptions = {}): Metric<GenerationOutcome> {
  const chrf = new Chrf(options);
  return {
    name,
    statistics: ({ prediction, references }) => chrf.statistics(prediction, references),
    score: (sums) => chrf.score(sums),
    higherIsBetter: true,
    standardError: "bootstrap",
    maxBootstrapIterations: corpusResamples,
    signature: (references) => chrf.signature(references),
  };
}

const choiceMetric = (name: MultipleChoiceMetric): Metric<MultipleChoiceOutcome> =>
  meanMetric(name, (outcome) => isRight(name, outcome));

/** Of log-probability and length, which have no standard error in the harness. */
const rollingMetric = (
  name: PerplexityMetric,
  unitsOf: (outcome: RollingOutcome) => number,
  score: (logprob: number, units: number) => number,
): Metric<RollingOutcome> => ({
  name,
  statistics: (outcome) => [outcome.logprob, unitsOf(outcome)],
  score: ([logprob = 0, units = 0]) => score(logprob, units),
  higherIsBetter: false,
  standardError: "none",
});

/** The metrics of each kind of task, by the names that tasks ask for. */
interface MetricTable {
  readonly multiple_choice: Readonly<Record<MultipleChoiceMetric, Metric<MultipleChoiceOutcome>>>;
  readonly generate_until: Readonly<Record<GenerationMetric, Metric<GenerationOutcome>>>;
  readonly loglikelihood_rolling: Readonly<Record<PerplexityMetric, Metric<RollingOutcome>>>;
}

/**
 * All metrics: kind of task → name → what it takes of a document, how documents add up to a score, where its standard error comes
 * from, and whether more is better. `exact_match`, `bleu` and `chrf` are those of lm-evaluation-harness; `f1` is that of words, as in
 * SQuAD.
 *
 * @example
 * const { exact_match } = metricTable.generate_until;
 * console.log(exact_match.statistics({ prediction: "Paris", references: ["Paris", "the city of Paris"] })); // [ 1 ]
 */
export const metricTable: MetricTable = {
  multiple_choice: {
    acc: choiceMetric("acc"),
    acc_norm: choiceMetric("acc_norm"),
    acc_bytes: choiceMetric("acc_bytes"),
    acc_char: choiceMetric("acc_char"),
    acc_mutual_info: choiceMetric("acc_mutual_info"),
  },
  generate_until: {
    exact_match: meanMetric("exact_match", ({ prediction, references, normalization }) =>
      exactMatch(prediction, references, normalization),
    ),
    f1: meanMetric("f1", ({ prediction, references, normalization }) => tokenF1(prediction, references, normalization)),
    bleu: bleuMetric(),
    chrf: chrfMetric("chrf"),
    "chrf++": chrfMetric("chrf++", { wordOrder: 2 }),
  },
  loglikelihood_rolling: {
    word_perplexity: rollingMetric("word_perplexity", ({ words }) => words, perplexity),
    byte_perplexity: rollingMetric("byte_perplexity", ({ bytes }) => bytes, perplexity),
    bits_per_byte: rollingMetric("bits_per_byte", ({ bytes }) => bytes, bitsPerByte),
    token_perplexity: rollingMetric("token_perplexity", ({ tokens }) => tokens, perplexity),
  },
};
