import { describe, expect, test } from "vitest";
import { expectedFiles } from "../../test/helpers/expected-files.ts";
import { sampleOfLine } from "../../test/helpers/harness-sample.ts";
import { sampleResults } from "../../test/helpers/sample-results.ts";
import { outputNames, sanitizedModelName } from "./output-names.ts";
import type { EvaluationResults, MetricResult, TaskResults } from "./results.ts";
import { resultsJson } from "./results-json.ts";
import { sampleHashes } from "./sample-hashes.ts";
import { samplesJsonl } from "./samples-jsonl.ts";

const tasks = Object.keys(expectedFiles.lines);

/** What the harness found of its toy tasks, as results of ours. */
const harnessResults = ((): EvaluationResults => {
  const metricsOf = (row: string): MetricResult[] =>
    Object.entries(expectedFiles.figures[row] ?? {}).flatMap(([key, value]) => {
      const [name = "", filter = ""] = key.split(",");
      if (name.endsWith("_stderr")) return [];
      const stderr = expectedFiles.figures[row]?.[`${name}_stderr,${filter}`];
      return [
        {
          name,
          filter,
          value: Number(value),
          stderr: typeof stderr === "number" ? stderr : null,
          higherIsBetter: expectedFiles.higherIsBetter[row]?.[name] ?? false,
        },
      ];
    });
  const taskOf = (name: string): TaskResults => ({
    name,
    protocol: name,
    language: "en",
    kind: "multiple_choice",
    numFewShot: expectedFiles.shots[name] ?? NaN,
    // The version of a group is a text there.
    version: Number(expectedFiles.versionsOfRows[name]),
    n: expectedFiles.counts[name] ?? { original: NaN, effective: NaN },
    metrics: metricsOf(name),
    calibration: null,
    config: { task: name },
    samples: (expectedFiles.lines[name] ?? []).map(sampleOfLine),
    seconds: 1,
  });
  return {
    ...sampleResults,
    model: { ...sampleResults.model, name: "org/toy: a|b", tokens: { pad: null, eos: ["</s>", 2], bos: ["<s>", 1] } },
    tasks: ["toy_choice", "toy_answer", "toy_text"].map(taskOf),
    groups: [{ ...taskOf("toy_group"), tasks: ["toy_choice"], weightBySize: true, n: { original: 3, effective: 3 } }],
    card: [],
  };
})();

type Json = Readonly<Record<string, unknown>>;
const at = (value: unknown, ...path: readonly string[]): Json =>
  path.reduce((inner, key) => inner[key] as Json, value as Json);

describe("results", () => {
  test("have the harness's keys, in its order, and its figures", async () => {
    const given = JSON.parse(await resultsJson(harnessResults)) as Json;
    expect(Object.keys(given)).toEqual(expectedFiles.top);
    // Ours come behind the harness's.
    expect(Object.keys(at(given, "config"))).toEqual([...expectedFiles.config, "extra"]);
    for (const [name, keys] of Object.entries(expectedFiles.rows))
      expect(Object.keys(at(given, "results", name))).toEqual(keys);
    for (const [name, keys] of Object.entries(expectedFiles.groups))
      expect(Object.keys(at(given, "groups", name))).toEqual(keys);
    for (const [name, figures] of Object.entries(expectedFiles.figures))
      expect(at(given, "results", name)).toMatchObject(figures);
    expect(at(given, "groups", "toy_group")).toEqual(expectedFiles.groupRow);
    expect(given).toMatchObject({
      group_subtasks: expectedFiles.groupSubtasks,
      versions: Object.fromEntries(
        Object.entries(expectedFiles.versionsOfRows).map(([name, version]) => [name, Number(version)]),
      ),
      "n-shot": expectedFiles.shots,
      higher_is_better: expectedFiles.higherIsBetter,
      "n-samples": expectedFiles.counts,
      task_hashes: expectedFiles.taskHashes,
      ...expectedFiles.tokens,
    });
  });

  test("keep what is ours apart, all candidates of the card too", async () => {
    const given = JSON.parse(await resultsJson(sampleResults)) as Json;
    const extra = at(given, "config", "extra");
    expect(at(extra, "tasks", "arc_easy")["protocol"]).toBe("arc_easy|test|5-shot|random:1234|letters");
    expect(at(extra, "tasks", "spanish_bench_flores_en-es", "signatures")["bleu"]).toMatch(/^nrefs:1\|/);
    expect(extra["card"]).toHaveLength(sampleResults.card.length);
    const [mmlu] = extra["card"] as readonly Json[];
    expect(mmlu).toMatchObject({
      benchmark: "MMLU",
      chosen: 0,
      card_value: 51.2,
      candidates: [{ label: "letters" }, { label: "texts" }],
    });
  });
});

describe("samples", () => {
  test.each(tasks)("%s: the harness's lines, byte for byte", (name) => {
    const lines = expectedFiles.lines[name] ?? [];
    expect([...samplesJsonl(lines.map(sampleOfLine))]).toEqual(lines.map((line) => `${line}\n`));
  });

  test.each(tasks)("%s: the harness's hashes", async (name) => {
    for (const sample of (expectedFiles.lines[name] ?? []).map(sampleOfLine)) {
      const [request] = sample.requests;
      const prompt = request?.kind === "loglikelihood_rolling" ? request.text : (request?.context ?? "");
      expect(await sampleHashes({ ...sample, prompt })).toEqual(sample.hashes);
    }
  });
});

describe("names", () => {
  test.each(Object.entries(expectedFiles.names))("%j", (name, expected) =>
    expect(sanitizedModelName(name)).toBe(expected),
  );

  test("lead nowhere else", () => expect(["", ".", ".."].map(sanitizedModelName)).toEqual(["model", "model", "model"]));

  test("are the harness's", () => {
    const names = outputNames(harnessResults);
    const files = [names.results, ...tasks.map((task) => names.samples(task))].map((file) => `${names.folder}/${file}`);
    const time = "2026-11-29T20-58-45.500000";
    expect(files.map((file) => file.replace(time, "TIME")).sort()).toEqual([...expectedFiles.files].sort());
  });
});
