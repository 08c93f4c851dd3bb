import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  evaluate,
  EvalError,
  mergeShards,
  parseShard,
  planPreset,
  planTasks,
  resultsOf,
  rowsFrom,
  MemoryJournal,
  type EvaluationOptions,
  type EvaluationProgress,
  type EvaluationRecord,
} from "@helium-lm/eval";
import { folderData } from "@helium-lm/eval/node";
import { FakeScorer } from "./fake-scorer.ts";

const data = fileURLToPath(new URL("../fixtures/data", import.meta.url));
const model = { name: "fake", source: "engine" } as const;
const setup = async (names: readonly string[], numFewShot?: number): Promise<EvaluationOptions> => ({
  plan: planTasks(names, numFewShot),
  scorer: new FakeScorer(),
  model,
  rows: rowsFrom([await folderData(data)]),
});
/** One of each kind of task and metric. */
const kinds = ["arc_easy", "olmes_arc_challenge_cf", "winogrande", "nq_open", "triviaqa", "flores_en-de", "mkqa_fr"];

describe("an evaluation", () => {
  test("gives every task its figures, with protocol, number and standard error", async () => {
    const results = resultsOf(await evaluate(await setup(kinds, 1)), { bootstrapIterations: 20 });
    expect(results.tasks.map(({ name }) => name)).toEqual(kinds);
    for (const { n, metrics, samples, protocol, kind, calibration } of results.tasks) {
      expect(n.effective).toBeGreaterThan(10);
      expect(samples).toHaveLength(n.effective);
      expect(protocol).toContain("1-shot");
      expect(calibration === null).toBe(kind !== "multiple_choice");
      expect(metrics.length).toBeGreaterThan(0);
      for (const { value, stderr } of metrics) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(stderr).not.toBeNull();
      }
    }
    const [arc] = results.tasks;
    const right = arc?.samples.map(({ metrics }) => Number(metrics["acc"])) ?? [];
    expect(arc?.metrics[0]?.value).toBe(right.reduce((sum, one) => sum + one, 0) / right.length);
  });

  test("asks everything once, and what the journal has not at all", async () => {
    const options = await setup(kinds, 0);
    const first = new FakeScorer();
    const journal = new MemoryJournal();
    const record = await evaluate({ ...options, scorer: first, journal });
    expect(new Set(first.asked).size).toBe(first.asked.length);
    const again = new FakeScorer();
    const told: EvaluationProgress[] = [];
    expect((await evaluate({ ...options, scorer: again, journal, onProgress: (p) => told.push(p) })).tasks).toEqual(
      record.tasks.map((task) => ({ ...task, seconds: expect.any(Number) as number })),
    );
    expect(again.asked).toEqual([]);
    expect(told).toEqual([
      { done: first.asked.length, total: first.asked.length, reused: first.asked.length, secondsLeft: null },
    ]);
  });

  test("that fails keeps what was answered, and goes on from there", async () => {
    const options = await setup(["arc_easy", "nq_open"], 0);
    const journal = new MemoryJournal();
    const broken = new FakeScorer(17);
    await expect(evaluate({ ...options, scorer: broken, journal })).rejects.toThrow("the power went off");
    const rest = new FakeScorer();
    const record = await evaluate({ ...options, scorer: rest, journal });
    const whole = new FakeScorer();
    const expected = await evaluate({ ...options, scorer: whole });
    expect([...broken.asked, ...rest.asked].sort()).toEqual([...whole.asked].sort());
    expect(resultsOf(record).tasks.map(({ metrics }) => metrics)).toEqual(
      resultsOf(expected).tasks.map(({ metrics }) => metrics),
    );
  });

  test("in shards has, put together, the figures of one without", async () => {
    const options = await setup([...kinds, "mmlu_stem"], 1);
    const whole = resultsOf(await evaluate({ ...options, limit: 11 }), { bootstrapIterations: 50 });
    const shards: EvaluationRecord[] = [];
    for (const name of ["2/3", "1/3", "3/3"])
      shards.push(await evaluate({ ...options, limit: 11, shard: parseShard(name) }));
    const merged = resultsOf(mergeShards(shards), { bootstrapIterations: 50 });
    const plain = ({ tasks, groups, card }: typeof whole) => ({
      tasks: tasks.map(({ seconds: _, ...task }) => task),
      groups,
      card,
    });
    expect(plain(merged)).toEqual(plain(whole));
    expect(() => mergeShards(shards.slice(1))).toThrow("shard 2/3 is missing");
    expect(() => mergeShards([...shards, ...shards.slice(0, 1)])).toThrow("shard 2/3 was given twice");
    const other = await evaluate({ ...options, limit: 10, shard: parseShard("3/3") });
    expect(() => mergeShards([...shards.slice(0, 2), other])).toThrow(EvalError);
  });

  test("of the card's preset has a row for each figure of the card, and the better candidate stands for it", async () => {
    const options = await setup([]);
    const plan = planPreset("helium-card", ({ language, into }) => language === "de" && into === undefined);
    const results = resultsOf(await evaluate({ ...options, plan }), {
      cardModel: "Helium-1 preview",
      bootstrapIterations: 0,
    });
    expect(results.card.map(({ benchmark, cardValue }) => [benchmark, cardValue])).toEqual([
      ["MMLU", 45.6],
      ["ARC-C", 56.7],
      ["HS", 53.5],
      ["MKQA", 16.1],
    ]);
    for (const { candidates, chosen, cardValue, difference } of results.card) {
      const values = candidates.map(({ metric }) => metric.value);
      expect(values[chosen]).toBe(Math.max(...values));
      expect(difference).toBeCloseTo(100 * (values[chosen] ?? NaN) - (cardValue ?? NaN), 10);
    }
  });

  test("groups are averaged over documents and over tasks", async () => {
    const options = await setup(["mmlu", "mmlu_macro"], 0);
    const results = resultsOf(await evaluate({ ...options, limit: 3 }));
    const [bySize, byTask] = results.groups;
    expect(bySize?.tasks).toHaveLength(57);
    const right = results.tasks.flatMap(({ samples }) => samples.map(({ metrics }) => Number(metrics["acc"])));
    const values = results.tasks.map(({ metrics }) => metrics[0]?.value ?? NaN);
    const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;
    expect(bySize?.metrics[0]?.value).toBeCloseTo(mean(right), 10);
    expect(byTask?.metrics[0]?.value).toBeCloseTo(mean(values), 10);
  });
});

test("an evaluation of nothing, of a task that is none and of data that is not there is refused at once", async () => {
  const options = await setup([]);
  await expect(evaluate(options)).rejects.toThrow("tasks: none are given");
  expect(() => planTasks(["arc_eazy"])).toThrow('did you mean "arc_easy"?');
  const scorer = new FakeScorer();
  const plan = planTasks(["hellaswag"]);
  const nothing = rowsFrom([await folderData(fileURLToPath(new URL(".", import.meta.url)))]);
  await expect(evaluate({ ...options, plan, scorer, rows: nothing })).rejects.toThrow("Rowan/hellaswag");
  expect(scorer.asked).toEqual([]);
});
