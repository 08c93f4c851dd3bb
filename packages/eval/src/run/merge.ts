import { EvalError } from "../errors.ts";
import type { EvaluationRecord } from "./evaluate.ts";
import type { TaskRecord } from "./task-record.ts";

/**
 * Puts the shards of one evaluation together, so that its figures are those of a run without shards.
 *
 * @throws EvalError for shards that are missing, given twice or of different evaluations
 */
export function mergeShards(shards: readonly EvaluationRecord[]): EvaluationRecord {
  const [first] = shards;
  const count = first?.settings.shard?.count;
  if (!first || count === undefined)
    throw new EvalError("merge", "there is no shard; give the folders that runs with --shard wrote", {
      given: shards.length,
    });
  for (const shard of shards) requireSame(first, shard);
  const indices = shards.map(({ settings }) => settings.shard?.index ?? 0);
  const wanted = Array.from({ length: count }, (_, i) => i + 1);
  const missing = wanted.filter((index) => !indices.includes(index));
  const twice = wanted.filter((index) => indices.filter((other) => other === index).length > 1);
  if (missing.length > 0 || twice.length > 0)
    throw new EvalError(
      "merge",
      [
        ...missing.map((index) => `shard ${index}/${count} is missing`),
        ...twice.map((index) => `shard ${index}/${count} was given twice`),
      ].join(", ") + "; give each shard once",
      { missing, twice },
    );
  return {
    ...first,
    settings: { ...first.settings, shard: null },
    timing: {
      startedAt: shards.map(({ timing }) => timing.startedAt).sort()[0] ?? first.timing.startedAt,
      seconds: shards.reduce((sum, { timing }) => sum + timing.seconds, 0),
    },
    tasks: first.tasks.map((task, i) =>
      mergeTask(
        task,
        shards.flatMap(({ tasks }) => tasks[i] ?? []),
      ),
    ),
  };
}

function mergeTask(first: TaskRecord, parts: readonly TaskRecord[]): TaskRecord {
  const items = parts.flatMap((part) => part.items);
  if (items.length !== first.effective)
    throw new EvalError(
      first.name,
      `has ${items.length} of ${first.effective} documents in all shards together; run the shards with the same data`,
      { given: items.length, expected: first.effective },
    );
  return {
    ...first,
    items: [...items].sort((a, b) => a.sample.docId - b.sample.docId),
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** What must be the same in all shards: the model and how it was asked, and the tasks. */
const sharedFacts = ({ model, preset, settings, tasks }: EvaluationRecord) => ({
  model: model.name,
  "the model's facts": model.facts,
  preset,
  limit: settings.limit,
  "the seed": settings.fewShotSeed,
  "the number of shards": settings.shard?.count,
  tasks: tasks.map(({ name, protocol, effective }) => `${name} ${protocol} ${effective}`),
});

function requireSame(first: EvaluationRecord, other: EvaluationRecord): void {
  const theirs = Object.entries(sharedFacts(other));
  for (const [i, [name, expected]] of Object.entries(sharedFacts(first)).entries()) {
    const given = theirs[i]?.[1];
    if (JSON.stringify(given) !== JSON.stringify(expected))
      throw new EvalError(
        "merge",
        `${name} of shard ${other.settings.shard?.index} is ${shortened(given)}, that of shard ${first.settings.shard?.index} is ${shortened(expected)}; merge shards of one evaluation`,
        { given, expected },
      );
  }
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? "not given";
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
