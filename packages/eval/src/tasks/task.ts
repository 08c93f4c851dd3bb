import type { Reading, Row } from "../data/reading.ts";

/** Where the data of a task comes from; names as on the hub. */
export interface Dataset {
  /** Repository, such as "allenai/ai2_arc". */
  readonly repo: string;
  /** Repositories with the same columns, where the first one cannot be had. */
  readonly mirrors?: readonly string[];
  /** Configuration (subset), such as "ARC-Easy". */
  readonly config?: string;
  /** BCP 47, of its answers; default "en". */
  readonly language?: string;
  readonly trainingSplit?: string;
  readonly validationSplit?: string;
  /** Documents are those of the test split, or where there is none of the validation split. */
  readonly testSplit?: string;
  /** Default: training, else validation, else test split. */
  readonly fewShotSplit?: string;
}

/** How the examples of a prompt are chosen: drawn for each document, or the first ones of the split. */
export type FewShotSampler = "random" | "first_n";

/** A row that a protocol shows as an example. */
export interface NamedExample {
  /** What the column holds, or begins with. */
  readonly value: string;
  /** Of several such rows: the first in which these columns begin so. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** Examples that a protocol names one by one, so that everybody shows the same ones. */
export interface NamedExamples {
  /** Column of the few-shot split that names them, such as "id". */
  readonly column: string;
  readonly match: "whole" | "start";
  /** A prompt shows the first `numFewShot` of them, in this order. */
  readonly rows: readonly NamedExample[];
}

/** Of a split with more than `above` documents, `size` are taken: Python's `random.sample` with seed 1234. */
export interface Subset {
  readonly above: number;
  readonly size: number;
}

/** What all kinds of tasks have. `Doc` is a document as its `read` makes it of a row of the data. */
interface TaskBase<Doc> {
  /** As lm-evaluation-harness calls it, where it has the task. */
  readonly name: string;
  readonly dataset: Dataset;
  /** A document of a row; the row's columns are asked for by name and kind. @throws DataError */
  readonly read: (row: Reading) => Doc;
  /** Which documents the benchmark and its examples are made of; default: all. Documents are counted without the others. */
  readonly includes?: (doc: Doc) => boolean;
  /** Default: the whole split. */
  readonly subset?: Subset;
  /** Columns that lm-evaluation-harness adds to the row, for sample files and their hashes. */
  readonly addedColumns?: (doc: Doc) => Row;
  /** What the sample files of the harness call the target; default: the index of the right choice, or the answer of an example. */
  readonly sampleTarget?: (doc: Doc) => string | readonly string[];
  /** Stands before the examples; default "". */
  readonly description?: (doc: Doc) => string;
  /** Default 0. */
  readonly numFewShot?: number;
  /** Default "random". */
  readonly fewShotSampler?: FewShotSampler;
  /** In place of a sampler. */
  readonly fewShotExamples?: NamedExamples;
  /** Between examples; default "\n\n". */
  readonly fewShotDelimiter?: string;
  /** Between context and answer; default " ". */
  readonly targetDelimiter?: string;
  /** Counts up whenever scores of the task change. */
  readonly version: number;
}

export type MultipleChoiceMetric = "acc" | "acc_norm" | "acc_bytes" | "acc_char" | "acc_mutual_info";

/** Which of some given answers the model finds likeliest. */
export interface MultipleChoiceTask<Doc = unknown> extends TaskBase<Doc> {
  readonly kind: "multiple_choice";
  /** One for all choices; or one for each choice, where all have the same continuation (WinoGrande). */
  readonly context: (doc: Doc) => string | readonly string[];
  /** Without the delimiter. With several contexts: the one continuation. */
  readonly choices: (doc: Doc) => readonly string[];
  /** Index of the right choice. */
  readonly gold: (doc: Doc) => number;
  /** An answered document as prompts show it; default: context, delimiter and right choice. */
  readonly example?: (doc: Doc) => string;
  readonly metrics: readonly MultipleChoiceMetric[];
  /** `acc_mutual_info` compares with the likelihood of the answer behind this text; default "". */
  readonly unconditionalContext?: string;
}

export type GenerationMetric = "exact_match" | "f1" | "bleu" | "chrf" | "chrf++";

/** How answers are made equal before they are compared. */
export interface AnswerNormalization {
  readonly ignoreCase?: boolean;
  readonly ignorePunctuation?: boolean;
  /** What each of these matches is removed first. */
  readonly ignore?: readonly RegExp[];
  /** A function that stands for the whole normalisation, as SQuAD's. */
  readonly normalize?: (text: string) => string;
}

/** What the model writes, compared with what it should have written. */
export interface GenerationTask<Doc = unknown> extends TaskBase<Doc> {
  readonly kind: "generate_until";
  readonly context: (doc: Doc) => string;
  /** The answer that an example shows. */
  readonly target: (doc: Doc) => string;
  /** Each of them is right. */
  readonly references: (doc: Doc) => readonly string[];
  readonly until: readonly string[];
  /** Default 256. */
  readonly maxNewTokens?: number;
  /** The text is stripped before it is compared, and the metric's filter is called "remove_whitespace". */
  readonly stripsAnswer?: boolean;
  readonly metrics: readonly GenerationMetric[];
  readonly normalization?: AnswerNormalization;
}

/** How likely the model finds a text, whole. */
export interface PerplexityTask<Doc = unknown> extends TaskBase<Doc> {
  readonly kind: "loglikelihood_rolling";
  readonly text: (doc: Doc) => string;
  /** Words and bytes are counted in this text; default: the one that is scored. */
  readonly original?: (doc: Doc) => string;
}

export type Task<Doc = unknown> = MultipleChoiceTask<Doc> | GenerationTask<Doc> | PerplexityTask<Doc>;

/** A task for the table of all tasks, which hands a task only documents of its own `read`. */
export function defineTask<Doc>(task: Task<Doc>): Task {
  return task as Task;
}

/** Tasks whose scores are averaged, such as the 57 subjects of MMLU. */
export interface TaskGroup {
  readonly name: string;
  readonly tasks: readonly string[];
  /** Each document counts alike (micro average); false: each task does (macro). */
  readonly weightBySize: boolean;
}
