import { describe, expect, test } from "vitest";
import { full, sampleTokens, Scope, tensor, type DType, type Tensor } from "@helium-lm/tensor";
import type { OutputOf, Wanted } from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";

const opened = openFixtureModel("helium");
const prompts = [
  [1, 2, 3, 4],
  [9, 8],
  [5, 6, 7, 8, 9, 10],
];
/** Tokens of each row that are looked at. */
const OUTPUTS = 2;

test("what an engine request wants is that of its logits, and requests of all kinds share passes", async () => {
  using engine = opened.model.engine({ budget: 200 });
  const ask = async <W extends Wanted>(wanted: W): Promise<readonly OutputOf<W>[]> => {
    const client = engine.open({});
    try {
      client.cache.addRows(prompts.length);
      const rows = client.cache.sequences.map((sequence, row) => {
        const ids = prompts[row] ?? [];
        return { ids, positions: ids.map((_, t) => t), visible: null, skip: 0, sequence, outputs: OUTPUTS };
      });
      return await client.compute({ rows, wanted, chunkSize: null, isWhole: false });
    } finally {
      client.close();
    }
  };
  const settings = [
    { temperature: 0, topK: 0, topP: 1, uniforms: [0.9, 0.9] },
    { temperature: 1.5, topK: 0, topP: 1, uniforms: [0.2, 0.8] },
    { temperature: 0.8, topK: 40, topP: 0.9, uniforms: [0.95, 0.05] },
  ];
  const [logits, greedy, top, drawn] = await Promise.all([
    ask({ kind: "logits" }),
    ask({ kind: "greedy" }),
    ask({ kind: "top", k: 5 }),
    ask({ kind: "sample", rows: settings }),
  ]);
  expect(logits).toHaveLength(prompts.length * OUTPUTS);
  // The first request came before the others.
  expect(engine.stats.passes).toBeLessThanOrEqual(2);
  for (const [m, row] of logits.entries()) {
    const order = [...row.keys()].sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0) || a - b).slice(0, 5);
    expect(greedy[m]).toEqual({ token: order[0], logits: null });
    expect([...(top[m]?.tokens ?? [])]).toEqual(order);
    expect([...(top[m]?.logits ?? [])]).toEqual(order.map((v) => row[v]));
    const log = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    for (const [i, v] of order.entries()) expect(top[m]?.logProbs[i]).toBeCloseTo((row[v] ?? 0) - log, 4);

    const { temperature = 0, topK = 0, topP = 1, uniforms = [] } = settings[Math.floor(m / OUTPUTS)] ?? {};
    using made = new Scope();
    const token = made.run(() => {
      const one = (value: number, dtype: DType = "f32"): Tensor => full(opened.backend, [1], value, dtype);
      return sampleTokens(tensor(opened.backend, [[...row]]), {
        ...{ temperature: one(temperature), topK: one(topK, "i32"), topP: one(topP) },
        uniform: one(uniforms[m % OUTPUTS] ?? 0),
      });
    });
    expect(drawn[m]).toEqual({ token: await token.item(), logits: null });
  }
});

test.each(["outputScores", "outputLogits"] as const)(
  "greedy steps leave their %s where they are asked for",
  async (option) => {
    const options = { generationConfig: {}, inputIds: [[1, 2, 3]], maxNewTokens: 3 };
    const output = await opened.model.generate({ ...options, [option]: true });
    const rows = option === "outputScores" ? output.scores : output.logits;
    expect(rows?.map((step) => step.map((row) => row.indexOf(Math.max(...row))))).toEqual(
      output.sequences[0]?.slice(3).map((token) => [token]),
    );
  },
);

describe("on wasm", () => {
  const wasm = openFixtureModel("helium", "wasm");

  test("tokens drawn from the largest logits are those drawn from all of them, which stay on the device", async () => {
    const { model } = wasm;
    const pass = model.pass.bind(model);
    const options = {
      generationConfig: {},
      inputIds: [
        [1, 2, 3, 4],
        [9, 8, 7, 6],
      ],
      doSample: true,
      maxNewTokens: 8,
    };
    let wholes = 0;
    model.pass = (inputs) => {
      const logits = pass(inputs);
      const data = logits?.data.bind(logits);
      if (logits && data) logits.data = () => (wholes++, data());
      return logits;
    };
    try {
      for (const settings of [{ topK: 7 }, { topK: 12, topP: 0.8, temperature: 1.7, numReturnSequences: 3 }]) {
        const few = await model.generate({ ...options, ...settings, seed: 5 });
        expect(wholes).toBe(0);
        const all = await model.generate({ ...options, ...settings, seed: 5, outputLogits: true });
        expect(few.sequences).toEqual(all.sequences);
        wholes = 0;
      }
    } finally {
      model.pass = pass;
    }
  });
});
