import type { Reading } from "../data/reading.ts";
import { DataError, EvalError } from "../errors.ts";
import { PythonRandom } from "../python/random.ts";
import { splitsOf } from "../tasks/splits.ts";
import type { GenerationTask, MultipleChoiceTask, Task } from "../tasks/task.ts";
import { chooseExamples } from "./few-shot.ts";
import type { GenerationItem, Item, MultipleChoiceItem, PerplexityItem } from "./item.ts";

/** The generator of examples and subsets starts from this number, unless told otherwise. */
export const defaultSeed = 1234;

export interface ItemsOptions {
  readonly task: Task;
  /** All rows of the split that is scored, in order. */
  readonly documents: readonly Reading[];
  /** All rows of the split that examples come from; may be the same ones. Not needed without examples. */
  readonly pool?: readonly Reading[];
  /** Default: the task's own, else 0. */
  readonly numFewShot?: number;
  /** Only so many documents, from the first. */
  readonly limit?: number;
  /** Of the generator that draws examples; default 1234. */
  readonly fewShotSeed?: number;
}

/**
 * The documents of a task with their prompts, in the order and byte for byte as lm-evaluation-harness makes them where it has the
 * task: `description + examples + document`, an example being `context + delimiter + answer + "\n\n"`.
 *
 * @throws DataError for a row that the task cannot read, naming it; EvalError where there is nothing to score, or too few rows to
 *   take examples from
 *
 * @example
 * const documents = [new Reading({ goal: "dry hair", sol1: "use a towel", sol2: "use a fork", label: 0 }, "row 1")];
 * const [item] = buildItems({ task: task("piqa"), documents });
 * console.log(item.requests[0]); // { context: 'Question: dry hair\nAnswer:', continuation: ' use a towel' }
 */
export function buildItems(options: ItemsOptions): readonly Item[] {
  const { task, limit, numFewShot = task.numFewShot ?? 0, fewShotSeed = defaultSeed } = options;
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1))
    throw new EvalError(
      "limit",
      `must be a whole number from 1 on, given ${limit}; leave it out to score all documents`,
      {
        given: limit,
      },
    );
  const documents = scoredDocuments(task, options.documents).slice(0, limit);
  const pool = numFewShot === 0 ? [] : included(task, options.pool ?? []);
  const choose = chooseExamples(task, pool, numFewShot, fewShotSeed);
  const shown = new Map<number, string>();
  const exampleAt = (place: number): string => {
    const known = shown.get(place);
    if (known !== undefined) return known;
    const reading = pool[place] as Reading;
    const text = example(task, task.read(reading), reading);
    shown.set(place, text);
    return text;
  };
  return documents.map(({ reading, docId }) => {
    const doc = task.read(reading);
    const examples = choose(reading).map(exampleAt).join("");
    return itemOf(task, doc, reading, docId, (task.description?.(doc) ?? "") + examples);
  });
}

/** Rows of documents that the task includes. Rows are only read where they are asked about, scored or shown. */
function included(task: Task, rows: readonly Reading[]): readonly Reading[] {
  const { includes } = task;
  return includes === undefined ? rows : rows.filter((row) => includes(task.read(row)));
}

interface Place {
  readonly reading: Reading;
  /** Counted among the rows that are included. */
  readonly docId: number;
}

function scoredDocuments(task: Task, rows: readonly Reading[]): readonly Place[] {
  const documents = included(task, rows).map((reading, docId) => ({ reading, docId }));
  if (documents.length === 0)
    throw new EvalError(
      task.name,
      `has no documents to score among ${rows.length} rows; give the ${splitsOf(task.dataset).documents} split of ${task.dataset.repo}`,
      { given: rows.length },
    );
  const { subset } = task;
  if (subset === undefined || documents.length <= subset.above) return documents;
  return new PythonRandom(defaultSeed).sample(documents, subset.size);
}

const delimiterOf = (task: MultipleChoiceTask | GenerationTask): string => task.targetDelimiter ?? " ";

/** An answered document with the delimiter behind it. */
function example(task: Task, doc: unknown, { place }: Reading): string {
  if (task.kind === "loglikelihood_rolling")
    throw new EvalError(task.name, "scores whole texts, which have no examples; ask for 0 examples", {});
  const answered = task.kind === "generate_until" ? answeredFreely(task, doc) : answeredByChoice(task, doc, place);
  return answered + (task.fewShotDelimiter ?? "\n\n");
}

const answeredFreely = (task: GenerationTask, doc: unknown): string =>
  task.context(doc) + delimiterOf(task) + task.target(doc);

function answeredByChoice(task: MultipleChoiceTask, doc: unknown, place: string): string {
  if (task.example !== undefined) return task.example(doc);
  const { contexts, choices } = pairs(task, doc);
  const gold = task.gold(doc);
  const [context, choice] = [contexts[gold], choices[gold]];
  if (context === undefined || choice === undefined)
    throw new DataError(place, `has no choice ${gold}, only ${choices.length}; correct the row, or leave it out`, {
      given: gold,
      expected: choices.length,
    });
  return context + delimiterOf(task) + choice;
}

/** A context and a choice for each request. */
function pairs(
  task: MultipleChoiceTask,
  doc: unknown,
): { readonly contexts: readonly string[]; readonly choices: readonly string[] } {
  const context = task.context(doc);
  const choices = task.choices(doc);
  if (typeof context === "string") return { contexts: choices.map(() => context), choices };
  return { contexts: context, choices: context.map(() => choices[0] ?? "") };
}

function itemOf(task: Task, doc: unknown, reading: Reading, docId: number, before: string): Item {
  const shared = {
    docId,
    doc: { ...reading.row, ...task.addedColumns?.(doc) },
    place: reading.place,
  };
  switch (task.kind) {
    case "multiple_choice": {
      const { contexts, choices } = pairs(task, doc);
      const requests = choices.map((choice, i) => ({
        context: before + (contexts[i] ?? ""),
        continuation: delimiterOf(task) + choice,
      }));
      const gold = task.gold(doc);
      const isUnconditional = task.metrics.includes("acc_mutual_info");
      return {
        ...shared,
        kind: task.kind,
        target: task.sampleTarget?.(doc) ?? String(gold),
        choices,
        gold,
        requests,
        unconditionalRequests: isUnconditional
          ? requests.map(({ continuation }) => ({ context: task.unconditionalContext ?? "", continuation }))
          : [],
      } satisfies MultipleChoiceItem;
    }
    case "generate_until":
      return {
        ...shared,
        kind: task.kind,
        target: task.sampleTarget?.(doc) ?? task.target(doc),
        references: task.references(doc),
        requests: [{ context: before + task.context(doc), until: task.until, maxNewTokens: task.maxNewTokens ?? 256 }],
      } satisfies GenerationItem;
    case "loglikelihood_rolling": {
      const text = task.text(doc);
      return {
        ...shared,
        kind: task.kind,
        target: task.sampleTarget?.(doc) ?? text,
        original: task.original?.(doc) ?? text,
        requests: [{ text }],
      } satisfies PerplexityItem;
    }
  }
}
