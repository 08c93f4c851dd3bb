import { PythonFloat, pythonJson } from "../python/json.ts";
import { endTime, sanitizedModelName } from "./output-names.ts";
import type { EvaluationResults, GroupResults, MetricResult, TaskResults } from "./results.ts";
import { taskHash } from "./sample-hashes.ts";

/**
 * The results in the form of lm-evaluation-harness (0.4.13): its keys in their order, figures under "metric,filter", standard
 * errors beside them, so that what reads the harness's files reads this one. What is ours is under `config.extra`: protocols,
 * all candidates beside the card, signatures, calibration, facts of the model.
 */
export async function resultsJson(results: EvaluationResults): Promise<string> {
  const { model, tasks, groups, settings, timing } = results;
  const hashes = await Promise.all(
    tasks
      .filter(({ samples }) => samples.length > 0)
      .map(async ({ name, samples }) => [name, await taskHash(samples)] as const),
  );
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const partsOf = (group: GroupResults): readonly TaskResults[] =>
    group.tasks.flatMap((name) => byName.get(name) ?? []);
  const { pad = null, eos = null, bos = null } = model.tokens ?? {};
  const record = {
    results: { ...named(groups, groupFigures), ...named(tasks, taskFigures) },
    ...(groups.length > 0 && { groups: named(groups, groupFigures) }),
    group_subtasks: named(groups, (group) => group.tasks),
    configs: sorted(named(tasks, ({ config }) => config)),
    versions: sorted(named([...groups, ...tasks], ({ version }) => version)),
    "n-shot": sorted({ ...sharedShots(groups, partsOf), ...named(tasks, ({ numFewShot }) => numFewShot) }),
    higher_is_better: sorted({
      ...named(groups, (group) => directions(partsOf(group))),
      ...named(tasks, (task) => directions([task])),
    }),
    "n-samples": named(tasks, ({ n }) => ({ original: n.original, effective: n.effective })),
    config: configOf(results),
    git_hash: settings.commit,
    date: new PythonFloat(Date.parse(timing.startedAt) / 1000),
    pretty_env_info: `@helium-lm/eval ${settings.version}`,
    transformers_version: "N/A",
    lm_eval_version: `@helium-lm/eval ${settings.version}`,
    upper_git_hash: null,
    ...(model.tokens && {
      tokenizer_pad_token: asTexts(pad),
      tokenizer_eos_token: asTexts(eos),
      tokenizer_bos_token: asTexts(bos),
      eot_token_id: eos?.[1] ?? null,
      max_length: model.facts["maxLength"] ?? null,
    }),
    task_hashes: Object.fromEntries(hashes),
    model_source: model.source === "endpoint" ? "local-completions" : "helium-lm",
    model_name: model.name,
    model_name_sanitized: sanitizedModelName(model.name),
    system_instruction: null,
    system_instruction_sha: null,
    fewshot_as_multiturn: null,
    chat_template: null,
    chat_template_sha: null,
    total_evaluation_time_seconds: String(timing.seconds),
  };
  return pythonJson(record, { indent: 2 });
}

const asTexts = (token: readonly [string, number] | null): readonly (string | null)[] => [
  token?.[0] ?? null,
  String(token?.[1] ?? "None"),
];

type ByName<T> = Readonly<Record<string, T>>;

const named = <Row extends { readonly name: string }, T>(rows: readonly Row[], value: (row: Row) => T): ByName<T> =>
  Object.fromEntries(rows.map((row) => [row.name, value(row)]));

const sorted = <T>(entries: ByName<T>): ByName<T> =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));

const taskFigures = ({ name, alias, n, metrics }: TaskResults): ByName<unknown> => ({
  name,
  alias: alias ?? name,
  sample_len: n.effective,
  ...Object.fromEntries(metrics.flatMap(figures)),
});

const groupFigures = ({ name, alias, n, metrics }: GroupResults): ByName<unknown> => ({
  alias: alias ?? name,
  name,
  sample_len: n.effective,
  ...Object.fromEntries(metrics.flatMap(figures)),
  sample_count: Object.fromEntries(metrics.map((metric) => [`${metric.name},${metric.filter}`, n.effective])),
});

/** The number of examples of groups whose tasks all have the same. */
const sharedShots = (
  groups: readonly GroupResults[],
  partsOf: (group: GroupResults) => readonly TaskResults[],
): ByName<number> =>
  Object.fromEntries(
    groups.flatMap((group) => {
      const [shots, ...others] = new Set(partsOf(group).map(({ numFewShot }) => numFewShot));
      return shots === undefined || others.length > 0 ? [] : [[group.name, shots]];
    }),
  );

const directions = (tasks: readonly TaskResults[]): ByName<boolean> =>
  Object.fromEntries(tasks.flatMap(({ metrics }) => metrics.map(({ name, higherIsBetter }) => [name, higherIsBetter])));

const figures = ({ name, filter, value, stderr }: MetricResult): readonly (readonly [string, unknown])[] => [
  [`${name},${filter}`, new PythonFloat(value)],
  [`${name}_stderr,${filter}`, stderr === null ? "N/A" : new PythonFloat(stderr)],
];

function configOf({ model, preset, tasks, card, settings, timing }: EvaluationResults): ByName<unknown> {
  return {
    model: model.source === "endpoint" ? "local-completions" : "helium-lm",
    model_args: { model: model.name },
    batch_size: null,
    batch_sizes: [],
    device: model.facts["backend"] ?? null,
    use_cache: null,
    limit: settings.limit,
    bootstrap_iters: settings.bootstrapIterations,
    gen_kwargs: null,
    random_seed: 0,
    numpy_seed: settings.fewShotSeed,
    torch_seed: settings.fewShotSeed,
    fewshot_seed: settings.fewShotSeed,
    extra: {
      written_by: `@helium-lm/eval ${settings.version}`,
      commit: settings.commit,
      preset,
      shard: settings.shard,
      facts: model.facts,
      started_at: timing.startedAt,
      ended_at: endTime(timing).toISOString(),
      tasks: Object.fromEntries(tasks.map((task) => [task.name, extraOf(task)])),
      card: card.map((row) => ({
        benchmark: row.benchmark,
        language: row.language,
        candidates: row.candidates,
        chosen: row.chosen,
        card_value: row.cardValue,
        difference: row.difference,
        others: row.others,
      })),
    },
  };
}

const extraOf = ({ protocol, language, seconds, metrics, calibration }: TaskResults): ByName<unknown> => ({
  protocol,
  language,
  seconds,
  signatures: Object.fromEntries(
    metrics.flatMap(({ name, signature }) => (signature === undefined ? [] : [[name, signature]])),
  ),
  calibration: calibration && {
    expected_calibration_error: calibration.expectedCalibrationError,
    bins: calibration.bins.filter(({ count }) => count > 0),
  },
});
