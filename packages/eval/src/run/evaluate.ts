import { EvalError } from "../errors.ts";
import type { Reading } from "../data/reading.ts";
import type { RowSource } from "../data/rows-from.ts";
import { buildItems, defaultSeed } from "../prompt/build-items.ts";
import type { Item } from "../prompt/item.ts";
import type { EvaluatedModel, EvaluationResults, EvaluationSettings } from "../report/results.ts";
import { taskConfig } from "../report/task-config.ts";
import type { Scorer } from "../scoring/scorer.ts";
import type { CardModel } from "../tasks/card.ts";
import { taskProtocol } from "../tasks/protocol.ts";
import { splitsOf } from "../tasks/splits.ts";
import type { Dataset } from "../tasks/task.ts";
import { answerItems } from "./answer-items.ts";
import { cardRows } from "./card-rows.ts";
import { groupResults } from "./group-results.ts";
import { MemoryJournal, type Journal } from "./journal.ts";
import { planWanted, type EvaluationPlan, type PlannedTask, type WantedTask } from "./planned-task.ts";
import type { EvaluationProgress } from "./progress.ts";
import { recordItem } from "./record-item.ts";
import { shardOf, type Shard } from "./shard.ts";
import type { TranslationOptions } from "./task-metrics.ts";
import { summarize, type TaskRecord } from "./task-record.ts";

export interface EvaluationOptions extends TranslationOptions {
  readonly plan: EvaluationPlan;
  readonly scorer: Scorer;
  readonly rows: RowSource;
  /** What reports say of the model; its facts are the scorer's. */
  readonly model: Omit<EvaluatedModel, "facts">;
  /** Whose figures on the card are compared; default: none. */
  readonly cardModel?: CardModel | null;
  /** Documents of each task at most. */
  readonly limit?: number;
  readonly shard?: Shard | null;
  /** Or what opens it once all rows have been read; the caller closes it. Default: one that ends with this call. */
  readonly journal?: Journal | (() => Journal | Promise<Journal>);
  /** Default 1234. */
  readonly fewShotSeed?: number;
  /** Of the program, for reports. */
  readonly version?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

/** What was found of a plan, or of a shard of it. Plain data, as JSON keeps it. */
export interface EvaluationRecord {
  readonly model: EvaluatedModel;
  readonly preset: string | null;
  /** Of which the plan can be made again. */
  readonly wanted: readonly WantedTask[];
  readonly settings: Omit<EvaluationSettings, "bootstrapIterations">;
  readonly timing: EvaluationResults["timing"];
  readonly tasks: readonly TaskRecord[];
}

/**
 * Asks a model all that a plan asks, and keeps what the scores are made of; `resultsOf` makes them.
 *
 * @throws EvalError, DataError before anything is scored; what the scorer throws: what was answered by then is in the journal
 */
export async function evaluate(options: EvaluationOptions): Promise<EvaluationRecord> {
  const { plan, scorer, limit, shard = null, journal = () => new MemoryJournal(), signal, onProgress } = options;
  if (plan.tasks.length === 0) throw new EvalError("tasks", "none are given; name a preset or tasks");
  const { fewShotSeed = defaultSeed } = options;
  const startedAt = new Date();
  const prepared = await prepare(options);
  const started = performance.now();
  const items = prepared.flatMap(({ own }) => own);
  const answered = await answerItems(scorer, items, {
    journal: typeof journal === "function" ? await journal() : journal,
    identity: JSON.stringify([options.model.name, scorer.name, scorer.description]),
    signal,
    ...(onProgress && { onProgress }),
  });
  const seconds = (performance.now() - started) / 1000;
  let at = 0;
  return {
    model: { ...options.model, facts: scorer.description },
    preset: plan.preset,
    wanted: plan.wanted,
    settings: {
      limit: limit ?? null,
      shard,
      fewShotSeed,
      version: options.version ?? "unknown",
      commit: null,
    },
    timing: { startedAt: startedAt.toISOString(), seconds },
    tasks: await Promise.all(
      prepared.map(async ({ planned: { name, task, numFewShot }, own, original, effective }) => ({
        name,
        task: task.name,
        protocol: taskProtocol(task, numFewShot, fewShotSeed),
        language: task.dataset.language ?? "en",
        kind: task.kind,
        numFewShot,
        version: task.version,
        original,
        effective,
        config: taskConfig(task, numFewShot),
        items: await Promise.all(
          answered
            .slice(at, (at += own.length))
            .map((one) => recordItem(task, one, options.bleu ? { bleu: options.bleu } : {})),
        ),
        seconds: (seconds * own.length) / Math.max(1, items.length),
      })),
    ),
  };
}

interface Prepared {
  readonly planned: PlannedTask;
  /** Those of the shard. */
  readonly own: readonly Item[];
  readonly original: number;
  readonly effective: number;
}

async function prepare({
  plan,
  rows,
  limit,
  shard,
  fewShotSeed,
  signal,
}: EvaluationOptions): Promise<readonly Prepared[]> {
  const read = new Map<string, Promise<readonly Reading[]>>();
  const rowsOf = (dataset: Dataset, split: string): Promise<readonly Reading[]> => {
    const key = JSON.stringify([dataset.repo, dataset.config, split]);
    const known = read.get(key);
    if (known) return known;
    const reading = rows(dataset, split);
    read.set(key, reading);
    return reading;
  };
  const prepared: Prepared[] = [];
  for (const planned of plan.tasks) {
    signal?.throwIfAborted();
    const { task, numFewShot } = planned;
    const splits = splitsOf(task.dataset);
    const documents = await rowsOf(task.dataset, splits.documents);
    const pool = numFewShot > 0 ? await rowsOf(task.dataset, splits.examples) : [];
    const items = buildItems({
      task,
      documents,
      pool,
      numFewShot,
      ...(limit !== undefined && { limit }),
      ...(fewShotSeed !== undefined && { fewShotSeed }),
    });
    prepared.push({
      planned,
      own: shardOf(items, shard ?? null),
      original: documents.length,
      effective: items.length,
    });
  }
  return prepared;
}

/** The figures of a record that has all items. @param bootstrapIterations default 100,000 @throws EvalError */
export function resultsOf(
  record: EvaluationRecord,
  {
    cardModel = null,
    bootstrapIterations = 100_000,
  }: { cardModel?: CardModel | null; bootstrapIterations?: number } = {},
): EvaluationResults {
  const plan = planWanted(record.preset, record.wanted);
  const tasks = record.tasks.map((task) => summarize(task, bootstrapIterations));
  const groups = plan.groups.map((group) => groupResults(group, tasks));
  return {
    model: record.model,
    preset: record.preset,
    tasks,
    groups,
    card: cardRows(plan, tasks, groups, cardModel),
    settings: { ...record.settings, bootstrapIterations },
    timing: record.timing,
  };
}
