import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM } from "@helium-lm/helium";
import {
  EngineScorer,
  evaluate,
  planTasks,
  resultsOf,
  rowsFrom,
  type EvaluationRecord,
  type LogLikelihood,
  type SampleRequest,
} from "@helium-lm/eval";
import { folderData } from "@helium-lm/eval/node";
import { isCut } from "../../../testing/short-form.ts";
import { FakeScorer } from "./fake-scorer.ts";

/** Sums of up to some dozen log-probabilities in f32, in another order. */
const TOLERANCE = 1e-3;

const repository = new URL("../../../", import.meta.url);
const data = fileURLToPath(new URL("../fixtures/data", import.meta.url));

interface ExpectedTask {
  readonly metrics: Readonly<Record<string, number>>;
  /** By model: for each document the log-likelihood of each request. */
  readonly [model: string]: Readonly<Record<string, number>> | readonly (readonly number[])[];
}

const { tasks } = JSON.parse(
  readFileSync(new URL("../fixtures/expected/loglikelihoods.json", import.meta.url), "utf8"),
) as { readonly tasks: Readonly<Record<string, ExpectedTask>> };

const scoresOf = (task: ExpectedTask | undefined, model: string): readonly (readonly number[])[] =>
  (task?.[model] ?? []) as readonly (readonly number[])[];

/** Largest difference, and where. */
function farthest(given: readonly (readonly number[])[], expected: readonly (readonly number[])[]): number {
  expect(given.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  return Math.max(...given.flatMap((row, i) => row.map((value, j) => Math.abs(value - (expected[i]?.[j] ?? NaN)))));
}

describe("log-likelihoods of helium-nano", () => {
  let backend: Backend;
  let model: ModelForCausalLM;
  let record: EvaluationRecord;
  const names = Object.keys(tasks).filter((name) => !(isCut("MMLU of helium-nano") && name.startsWith("mmlu_")));

  beforeAll(async () => {
    backend = await createBackend("wasm");
    const folder = fileURLToPath(new URL("models/helium-nano", repository));
    model = await AutoModelForCausalLM.fromPretrained(folder, { backend, dtype: "f32" });
    using scorer = new EngineScorer({ model, tokenizer: await AutoTokenizer.fromPretrained(folder) });
    record = await evaluate({
      plan: planTasks(names, 0),
      scorer,
      model: { name: "helium-nano", source: "engine" },
      rows: rowsFrom([await folderData(data)]),
    });
  });
  afterAll(() => {
    model.dispose();
    backend.dispose();
  });

  test("are those of lm_eval on transformers, for every request", () => {
    for (const { name, items } of record.tasks) {
      const given = items.map(({ sample }) => sample.responses.map((answer) => (answer as LogLikelihood).logprob));
      const difference = farthest(given, scoresOf(tasks[name], "helium-nano"));
      expect({ name, difference, isNear: difference <= TOLERANCE }).toMatchObject({ name, isNear: true });
    }
  });

  test("and so are the metrics", () => {
    for (const { name, metrics } of resultsOf(record).tasks)
      for (const { name: metric, filter, value } of metrics) {
        const expected = tasks[name]?.metrics[`${metric},${filter}`];
        if (expected !== undefined) expect(value, `${name} ${metric}`).toBeCloseTo(expected, 10);
      }
  });
});

/** The tiny models read the last bytes of a request as tokens. */
const tokensOf = (text: string, count: number, vocabSize: number): number[] =>
  Array.from(new TextEncoder().encode(text).slice(-count), (byte) => 4 + (byte % (vocabSize - 4)));

const families = ["helium", "gemma2", "qwen3"];

describe.each(isCut("log-likelihoods of families") ? families.slice(0, 1) : families)(
  "log-likelihoods of the tiny %s",
  (family) => {
    test("are those of transformers, for every request", async () => {
      const backend = await createBackend("wasm", { threads: 1 });
      const folder = fileURLToPath(new URL(`fixtures/models/${family}/causal`, repository));
      const model = await AutoModelForCausalLM.fromPretrained(folder, { backend });
      try {
        using engine = model.engine({ kvDType: "f32", budget: 256, maxTokens: 4096 });
        const names = Object.keys(tasks).filter((name) => !name.startsWith("mmlu_"));
        const { tasks: records } = await evaluate({
          plan: planTasks(names, 0),
          scorer: new FakeScorer(),
          model: { name: "none", source: "engine" },
          rows: rowsFrom([await folderData(data)]),
        });
        const { vocabSize } = model.config;
        const score = async (request: SampleRequest): Promise<number> => {
          if (request.kind !== "loglikelihood") return NaN;
          const inputIds = tokensOf(request.context, 40, vocabSize);
          const continuations = [tokensOf(request.continuation, 12, vocabSize)];
          const [scored] = await model.scoreContinuations({ inputIds, continuations, engine });
          return scored?.logprob ?? NaN;
        };
        for (const { name, items } of records) {
          const given = await Promise.all(items.map(({ sample }) => Promise.all(sample.requests.map(score))));
          const difference = farthest(given, scoresOf(tasks[name], family));
          expect({ name, difference, isNear: difference <= TOLERANCE }).toMatchObject({ name, isNear: true });
        }
      } finally {
        model.dispose();
        backend.dispose();
      }
    });
  },
);
