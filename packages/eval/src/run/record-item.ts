import { chosen, choiceScores, type MultipleChoiceOutcome } from "../metrics/multiple-choice.ts";
import { choiceProbabilities, type Prediction } from "../metrics/calibration.ts";
import type { GenerationOutcome } from "../metrics/metric-table.ts";
import type { Metric } from "../metrics/metric.ts";
import { textLength } from "../metrics/perplexity.ts";
import type { GenerationItem, Item, MultipleChoiceItem, PerplexityItem } from "../prompt/item.ts";
import { strip } from "../python/text.ts";
import { sampleHashes } from "../report/sample-hashes.ts";
import type { Sample, SampleMetric, SampleRequest, SampleResponse } from "../report/results.ts";
import type { GenerationTask, MultipleChoiceTask, Task } from "../tasks/task.ts";
import { isLogLikelihood, isRolling, type AnsweredItem } from "./answer-items.ts";
import { choiceMetrics, generationMetrics, rollingMetrics, type TranslationOptions } from "./task-metrics.ts";

/** What an item adds to the scores of its task. Plain data, as JSON keeps it, so that shards can be put together. */
export interface ItemRecord {
  readonly sample: Sample;
  /** By metric: numbers that add up over items. */
  readonly statistics: Readonly<Record<string, readonly number[]>>;
  /** By metric that has one: sacrebleu's signature. */
  readonly signatures: Readonly<Record<string, string>>;
  /** Of multiple choice, by `acc`. */
  readonly prediction: Prediction | null;
}

/** An item with its answers, as its task's metrics see it. @throws EvalError for answers of another kind */
export async function recordItem(
  task: Task,
  answered: AnsweredItem,
  options: TranslationOptions = {},
): Promise<ItemRecord> {
  const { item } = answered;
  if (task.kind === "multiple_choice" && item.kind === "multiple_choice") return recordChoice(task, item, answered);
  if (task.kind === "generate_until" && item.kind === "generate_until")
    return recordGeneration(task, item, answered, options);
  if (item.kind === "loglikelihood_rolling") return recordText(item, answered);
  throw new TypeError(`${task.name}: an item of ${item.kind} is none of ${task.kind}`);
}

async function recordChoice(
  task: MultipleChoiceTask,
  item: MultipleChoiceItem,
  answered: AnsweredItem,
): Promise<ItemRecord> {
  const answers = answered.answers.filter(isLogLikelihood);
  const outcome: MultipleChoiceOutcome = {
    choices: item.choices,
    gold: item.gold,
    logprobs: answers.map(({ logprob }) => logprob),
    ...(answered.unconditional.length > 0 && {
      unconditionalLogprobs: answered.unconditional.map(({ logprob }) => logprob),
    }),
    ...(task.targetDelimiter !== undefined && { targetDelimiter: task.targetDelimiter }),
  };
  const best = chosen("acc", outcome);
  const confidence = choiceProbabilities(choiceScores("acc", outcome))[best] ?? NaN;
  const prediction = Number.isNaN(confidence) ? null : { confidence, isRight: best === item.gold };
  return recorded(item, choiceMetrics(task.metrics), outcome, { responses: answers, prediction });
}

async function recordGeneration(
  task: GenerationTask,
  item: GenerationItem,
  { answers: [answer] }: AnsweredItem,
  options: TranslationOptions,
): Promise<ItemRecord> {
  const text = typeof answer === "string" ? answer : "";
  const prediction = task.stripsAnswer ? strip(text) : text;
  const { references } = item;
  const outcome = { prediction, references, ...(task.normalization && { normalization: task.normalization }) };
  return recorded(item, generationMetrics(task.metrics, options), outcome, {
    responses: [text],
    filtered: [prediction],
    filter: task.stripsAnswer ? "remove_whitespace" : "none",
  });
}

async function recordText(item: PerplexityItem, { answers: [answer] }: AnsweredItem): Promise<ItemRecord> {
  const { logprob, tokens } = answer !== undefined && isRolling(answer) ? answer : { logprob: NaN, tokens: 0 };
  const outcome = { logprob, tokens, ...textLength(item.original) };
  return recorded(item, rollingMetrics, outcome, { responses: [{ logprob, tokens }] });
}

interface Answered {
  readonly responses: readonly SampleResponse[];
  /** What the metrics saw of them; default: all of it. */
  readonly filtered?: readonly SampleResponse[];
  readonly filter?: string;
  readonly prediction?: Prediction | null;
}

async function recorded<Outcome extends object>(
  item: Item,
  metrics: readonly Metric<Outcome>[],
  outcome: Outcome,
  { responses, filtered = responses, filter = "none", prediction = null }: Answered,
): Promise<ItemRecord> {
  const { docId, doc, target } = item;
  const statistics = metrics.map((metric) => metric.statistics(outcome));
  const named = <T>(values: readonly T[]): Record<string, T> =>
    Object.fromEntries(values.map((value, i) => [metrics[i]?.name ?? "", value]));
  const references = item.kind === "generate_until" ? String(item.references.length) : "1";
  return {
    sample: {
      docId,
      doc,
      target,
      requests: requestsOf(item),
      responses,
      filtered,
      filter,
      metrics: named(metrics.map((metric, i) => ofOne(metric, statistics[i] ?? [], outcome))),
      hashes: await sampleHashes({ doc, prompt: promptOf(item), target }),
    },
    statistics: named(statistics),
    signatures: Object.fromEntries(
      metrics.flatMap(({ name, signature }) => (signature ? [[name, signature(references)]] : [])),
    ),
    prediction,
  };
}

/** A figure of one document; or, where its figure alone says nothing, what that of all is made of, as in the harness's files. */
function ofOne<Outcome extends object>(
  metric: Metric<Outcome>,
  statistics: readonly number[],
  outcome: Partial<GenerationOutcome> | Outcome,
): SampleMetric {
  if (metric.standardError === "mean") return metric.score(statistics, 1);
  return "prediction" in outcome ? [outcome.references?.[0] ?? "", outcome.prediction ?? ""] : statistics;
}

/** What the model read first. */
const promptOf = (item: Item): string =>
  item.kind === "loglikelihood_rolling" ? item.requests[0].text : (item.requests[0]?.context ?? "");

function requestsOf(item: Item): readonly SampleRequest[] {
  switch (item.kind) {
    case "multiple_choice":
      return item.requests.map((request) => ({ kind: "loglikelihood", ...request }));
    case "generate_until":
      return item.requests.map((request) => ({ kind: "generate_until", ...request }));
    case "loglikelihood_rolling":
      return item.requests.map((request) => ({ kind: "loglikelihood_rolling", ...request }));
  }
}
