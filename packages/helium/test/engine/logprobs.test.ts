import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, GenerationError, type EngineRequest } from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";

const promptOf = (n: number): number[] => Array.from({ length: 3 + n }, (_, t) => 4 + ((n * 31 + t * 13) % 6));

const kinds: Readonly<Record<string, Omit<EngineRequest, "inputIds">>> = {
  greedy: {},
  "greedy with a processor": { repetitionPenalty: 1.5 },
  "drawn from the largest logits": { doSample: true, topK: 5, temperature: 0.7, seed: 3 },
  "drawn from all": { doSample: true, topK: 0, temperature: 1.5, seed: 4 },
  "looked up": { promptLookupNumTokens: 3 },
  "looked up, with a processor": { promptLookupNumTokens: 3, noRepeatNgramSize: 4 },
};

/** log-softmax in f64. */
function logSoftmax(row: Float32Array): number[] {
  const largest = row.reduce((a, b) => Math.max(a, b));
  const sum = row.reduce((total, x) => total + Math.exp(x - largest), 0);
  return Array.from(row, (x) => x - largest - Math.log(sum));
}

describe.each(["cpu", "wasm"])("log-probabilities of requests on %s", (backendName) => {
  const opened = openFixtureModel("helium", backendName);
  const request = (name: string, n: number): EngineRequest => ({
    generationConfig: {},
    eosTokenId: [],
    maxNewTokens: 9,
    inputIds: promptOf(n),
    ...kinds[name],
  });

  test.each(Object.keys(kinds))("%s: those of the model's own distribution, whatever chose the token", async (name) => {
    using engine = opened.model.engine({ kvDType: "f32" });
    const plain = await engine.submit(request(name, 5)).result;
    const { ids, logprobs = [] } = await engine.submit({ ...request(name, 5), logprobs: 3 }).result;
    expect(ids).toEqual(plain.ids);
    expect(plain).not.toHaveProperty("logprobs");
    expect(logprobs).toHaveLength(9);
    const inputIds = [[...promptOf(5), ...ids]];
    const { logits } = opened.model.forward({ inputIds });
    const [rows = []] = (await logits.toArray()) as number[][][];
    logits.dispose();
    for (const [t, { logprob, top }] of logprobs.entries()) {
      const expected = logSoftmax(Float32Array.from(rows[promptOf(5).length - 1 + t] ?? []));
      expect(logprob).toBeCloseTo(expected[ids[t] ?? -1] ?? NaN, 4);
      for (const one of top) expect(one.logprob).toBeCloseTo(expected[one.id] ?? NaN, 4);
      expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).toSorted((a, b) => b - a));
      const own = top.find(({ id }) => id === ids[t]);
      if (own) expect(logprob).toBe(own.logprob);
      if (name === "greedy") expect(top[0]?.id).toBe(ids[t]);
    }
  });

  test("do not depend, to the last bit, on who shares the passes, nor on n", async () => {
    const names = Object.keys(kinds);
    const alone = await Promise.all(
      names.map(async (name, n) => {
        using engine = opened.model.engine({ replay: false });
        return (await engine.submit({ ...request(name, n), logprobs: 2 }).result).logprobs;
      }),
    );
    using engine = opened.model.engine({ budget: 24 });
    const counts = [2, 5, 0];
    for (const count of counts) {
      const handles = names.map((name, n) => engine.submit({ ...request(name, n), logprobs: n % 2 ? 2 : count }));
      const beside = engine.submit(request("greedy", 7));
      for (const [n, { result }] of handles.entries()) {
        const { logprobs = [] } = await result;
        const most = Math.min(2, n % 2 ? 2 : count);
        const cut = (list: typeof logprobs): unknown[] =>
          list.map(({ logprob, top }) => ({ logprob, top: top.slice(0, most) }));
        expect(cut(logprobs)).toEqual(cut(alone[n] ?? []));
      }
      await beside.result;
    }
  });

  test("come with each token too", async () => {
    using engine = opened.model.engine();
    const handle = engine.submit({ ...request("greedy", 2), logprobs: 0 });
    const told = [];
    for await (const { logprobs } of handle) told.push(logprobs);
    expect(told).toEqual((await handle.result).logprobs);
    expect(told[0]).toEqual({ logprob: expect.any(Number) as number, top: [] });
  });

  test.each([-1, 1.5, 1e9, NaN])("%d of them are refused", async (logprobs) => {
    const { result } = opened.model.submit({ ...request("greedy", 1), logprobs });
    await expect(result).rejects.toThrow(/^logprobs: is .*expected an integer from 0 to the \d+ tokens/);
    await expect(result).rejects.toBeInstanceOf(GenerationError);
  });
});

test("of helium-nano's first text are those of its expected.json", async () => {
  const folder = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));
  const { greedy, logprobs_of_first_sequence: all } = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as {
    greedy: { input_ids: number[]; sequence: number[] }[];
    logprobs_of_first_sequence: number[];
  };
  const [{ input_ids: prompt, sequence } = { input_ids: [], sequence: [] }] = greedy;
  const backend = await createBackend("cpu");
  using model = await AutoModelForCausalLM.fromPretrained(folder, { backend });
  const { ids, logprobs = [] } = await model.submit({ inputIds: prompt, maxNewTokens: 32, logprobs: 1 }).result;
  expect([...prompt, ...ids]).toEqual(sequence);
  // expected.json rounds to 5 digits; the first token has none.
  const given = all.slice(prompt.length - 1);
  for (const [t, { logprob, top }] of logprobs.entries()) {
    expect(Math.abs(logprob - (given[t] ?? NaN))).toBeLessThanOrEqual(1e-4);
    expect(top).toEqual([{ id: ids[t], logprob }]);
  }
});
