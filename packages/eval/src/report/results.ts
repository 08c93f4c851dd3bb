import type { Row } from "../data/reading.ts";
import type { Calibration } from "../metrics/calibration.ts";
import type {
  GenerationRequest,
  LogLikelihood,
  LogLikelihoodRequest,
  RollingLogLikelihood,
  Scorer,
} from "../scoring/scorer.ts";
import type { Task } from "../tasks/task.ts";

/** What an evaluation found. Plain data, as JSON keeps it: every report and file is made of this. */
export interface EvaluationResults {
  readonly model: EvaluatedModel;
  /** Null where tasks were chosen one by one. */
  readonly preset: string | null;
  /** In the order they are shown in. */
  readonly tasks: readonly TaskResults[];
  readonly groups: readonly GroupResults[];
  /** Beside the model card; empty where nothing of it was evaluated. */
  readonly card: readonly CardRow[];
  readonly settings: EvaluationSettings;
  readonly timing: EvaluationTiming;
}

export interface EvaluatedModel {
  /** What reports call it, and its folder: "kyutai/helium-1-preview-2b". */
  readonly name: string;
  /** What scored it. */
  readonly source: "engine" | "endpoint";
  /** The scorer's own facts: dtype, backend, context length, address, version. */
  readonly facts: Scorer["description"];
  /** Special tokens with their ids; null: the tokenizer is not known here, or has no such token. */
  readonly tokens?: Readonly<Record<"pad" | "eos" | "bos", readonly [token: string, id: number] | null>>;
}

export interface EvaluationSettings {
  /** Documents of each task at most; a number below 1 is their share. */
  readonly limit: number | null;
  /** Where not all documents were scored. */
  readonly shard: { readonly index: number; readonly count: number } | null;
  readonly bootstrapIterations: number;
  /** Draws the examples. */
  readonly fewShotSeed: number;
  /** Of this package. */
  readonly version: string;
  /** The commit that the program was built from. */
  readonly commit: string | null;
}

export interface EvaluationTiming {
  /** ISO 8601, with the zone: "2026-11-29T19:35:00.000Z". */
  readonly startedAt: string;
  readonly seconds: number;
}

/** One task under one protocol. */
export interface TaskResults {
  /** As lm-evaluation-harness calls it where it has the task; unique among the results. */
  readonly name: string;
  /** What a table calls it; default: the name. */
  readonly alias?: string;
  /** All that a figure depends on, in a line: "arc_challenge|test|5-shot|random:1234|acc_norm:chars". */
  readonly protocol: string;
  /** BCP 47: "en", "pt". */
  readonly language: string;
  readonly kind: Task["kind"];
  readonly numFewShot: number;
  readonly version: number;
  /** Documents that the split has, and those that were scored. */
  readonly n: DocumentCount;
  readonly metrics: readonly MetricResult[];
  /** Of multiple choice: whether the model is right as often as it is sure. */
  readonly calibration: Calibration | null;
  /** The task's fields under the harness's names; `taskConfig` makes them. */
  readonly config: Readonly<Record<string, unknown>>;
  /** One for each document and filter, in the order of the split; empty where samples are not kept. */
  readonly samples: readonly Sample[];
  readonly seconds: number;
}

export interface DocumentCount {
  readonly original: number;
  readonly effective: number;
}

export interface MetricResult {
  /** "acc_norm", "exact_match", "bleu", "word_perplexity" … */
  readonly name: string;
  /** What was done to the answers before: "none", "remove_whitespace". */
  readonly filter: string;
  /** A fraction of 1; BLEU and chrF of 100; perplexities as they are. */
  readonly value: number;
  /** Null where there is none, as of one document. */
  readonly stderr: number | null;
  readonly higherIsBetter: boolean;
  /** How it was computed, such as sacrebleu's signature. */
  readonly signature?: string;
}

/** A document with what was asked and answered. */
export interface Sample {
  /** Its place in the split, from 0. */
  readonly docId: number;
  /** As the data has it. */
  readonly doc: Row;
  /** The index of the right choice, or the answer. */
  readonly target: string | number | readonly string[];
  readonly requests: readonly SampleRequest[];
  /** One for each request. */
  readonly responses: readonly SampleResponse[];
  /** What the metrics saw of them. */
  readonly filtered: readonly SampleResponse[];
  readonly filter: string;
  readonly metrics: Readonly<Record<string, SampleMetric>>;
  /** `sampleHashes` makes them. */
  readonly hashes: SampleHashes;
}

export type SampleRequest =
  | (LogLikelihoodRequest & { readonly kind: "loglikelihood" })
  | (GenerationRequest & { readonly kind: "generate_until" })
  | { readonly kind: "loglikelihood_rolling"; readonly text: string };

export type SampleResponse = LogLikelihood | RollingLogLikelihood | string;

/**
 * A figure of one document; or what a figure of all is made of: log-probability and number of words or bytes, reference and
 * answer.
 */
export type SampleMetric = number | readonly (string | number)[];

/** SHA-256, as hexadecimal digits, of document, first prompt and target: whether two runs asked the same. */
export interface SampleHashes {
  readonly doc: string;
  readonly prompt: string;
  readonly target: string;
}

/** Averages over tasks. */
export interface GroupResults {
  readonly name: string;
  readonly alias?: string;
  readonly tasks: readonly string[];
  readonly weightBySize: boolean;
  readonly version: number;
  readonly n: DocumentCount;
  readonly metrics: readonly MetricResult[];
}

/** A figure of the model card beside what was measured. */
export interface CardRow {
  /** As the card calls it: "ARC-C". */
  readonly benchmark: string;
  /** BCP 47: "pt"; "en-pt" for a translation. */
  readonly language: string;
  /** All that was measured for it; at least one. */
  readonly candidates: readonly CardCandidate[];
  /** The candidate that stands for the benchmark. */
  readonly chosen: number;
  /** As the card prints it, of 100; null: the card has no figure of this model. */
  readonly cardValue: number | null;
  /** The chosen candidate, of 100, minus the card's value. */
  readonly difference: number | null;
  /** The card's figures of the models it compares with, by their names there. */
  readonly others: Readonly<Record<string, number>>;
}

export interface CardCandidate {
  /** What tells it from the others: "MCF", "CF". */
  readonly label: string;
  /** The task, or the group. */
  readonly task: string;
  readonly protocol: string;
  readonly metric: MetricResult;
  readonly n: number;
}
