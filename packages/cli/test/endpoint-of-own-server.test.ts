import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EndpointScorer, evaluate, planTasks, rowsFrom, type LogLikelihood } from "@helium-lm/eval";
import { folderData } from "@helium-lm/eval/node";
import { ModelServer, modelEntry } from "@helium-lm/serve";
import { listen, type Listening } from "@helium-lm/serve/node";
import { root } from "../../../testing/repository.ts";

/** Sums of up to some dozen log-probabilities in f32, in another order. */
const TOLERANCE = 1e-3;

const { tasks } = JSON.parse(readFileSync(`${root}packages/eval/fixtures/expected/loglikelihoods.json`, "utf8")) as {
  readonly tasks: Readonly<Record<string, { readonly "helium-nano": readonly (readonly number[])[] }>>;
};

describe("log-likelihoods of helium-nano behind our server, by the requests that lm-evaluation-harness sends", () => {
  const server = new ModelServer({
    models: [
      modelEntry("helium-nano", `${root}models/helium-nano`, {
        threads: 1,
        dtype: "f32",
        engine: { maxTokens: 32_768, kvDType: "f32" },
      }),
    ],
  });
  let listening: Listening;
  beforeAll(async () => {
    listening = await listen(server, { port: 0 });
  });
  afterAll(async () => {
    await listening.close();
    server.dispose();
  });

  test.each([
    ["one prompt in each", ["winogrande"], { batchSize: 1, concurrency: 4 }],
    ["sixteen in each", ["arc_easy", "arc_de"], { batchSize: 16, concurrency: 2 }],
  ])("are those of lm_eval on transformers, %s", async (_, names, options) => {
    const { tasks: records } = await evaluate({
      plan: planTasks(names, 0),
      scorer: new EndpointScorer({
        url: listening.url,
        model: "helium-nano",
        maxLength: 1024,
        addBosToken: true,
        ...options,
      }),
      model: { name: "helium-nano", source: "endpoint" },
      rows: rowsFrom([await folderData(`${root}packages/eval/fixtures/data`)]),
    });
    for (const { name, items } of records) {
      const given = items.map(({ sample }) => sample.responses.map((answer) => (answer as LogLikelihood).logprob));
      const expected = tasks[name]?.["helium-nano"] ?? [];
      expect(given.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
      const difference = Math.max(
        ...given.flatMap((row, i) => row.map((value, j) => Math.abs(value - (expected[i]?.[j] ?? NaN)))),
      );
      expect({ name, difference, isNear: difference <= TOLERANCE }).toMatchObject({ name, isNear: true });
    }
  });
});
